import {expect, test} from 'vitest';
import {docsTexts} from '../../source/docs/texts.ts';
import {topicNamed, topicOfFile, topicsNear, topicsOf, topicText} from '../../source/docs/topics.ts';

const texts = await docsTexts();
const topics = topicsOf(texts);
const names = topics.map(({name}) => name);

test('every page is a topic, and every topic has its pages', () => {
	const inTopics = topics.flatMap(({files}) => files);
	expect([...texts.keys()].filter((name) => name !== 'index.md' && !inTopics.includes(name))).toEqual([]);
	expect(new Set(names).size).toBe(names.length);
	for (const topic of topics) {
		expect(topic.about.length, topic.name).toBeGreaterThan(10);
		expect(topicText(topic, texts), topic.name).toMatch(/^# /u);
	}
});

test('what somebody looks for first is there', () => {
	for (const name of [
		'quick-start',
		'runbook',
		'answers',
		'bundle',
		'architecture',
		'problems',
		'security',
		'checklist',
		'network',
		'contributing',
	])
		expect(names).toContain(name);
});

test.each([
	['install', 'install'],
	['docs/install.md', 'install'],
	['Install.MD', 'install'],
	['troubleshooting', 'problems'],
	['night', 'runbook'],
	['firewall', 'network'],
	['decisions', 'decisions'],
])('%s is the topic %s', (word, name) => {
	expect(topicNamed(word, topics)?.name).toBe(name);
});

test.each([
	['instal', ['install']],
	['scurity', ['security']],
	['bundel', ['bundle']],
	['schedule', ['backup-schedule']],
	['zzz', []],
])('near %s are %j', (word, near) => {
	expect(topicNamed(word, topics)).toBeUndefined();
	expect(topicsNear(word, topics)).toEqual(near);
});

test('a link leads to the topic of its page, one out of the pages to none', () => {
	expect(topicOfFile('troubleshooting.md', topics)).toBe('problems');
	expect(topicOfFile('decisions/01-the-truth-is-in-the-world.md', topics)).toBe('decisions');
	expect(topicOfFile('../README.md', topics)).toBeUndefined();
	expect(topicOfFile('client-tools.Dockerfile', topics)).toBeUndefined();
});

test('a topic of several pages has all of them', () => {
	const decisions = topicNamed('decisions', topics);
	expect(decisions && topicText(decisions, texts).match(/^# /gmu)?.length).toBe(decisions?.files.length);
	expect(decisions?.files.length).toBeGreaterThan(10);
});
