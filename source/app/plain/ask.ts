import {addItem, type Draft, itemCount, removeItem, validateDraft} from '../../answers/draft.ts';
import {topics} from '../../answers/questions.ts';
import type {Answers} from '../../answers/schema.ts';
import {answered, optionsOf, plainAnswer, proposalOf, type QuestionEntry} from './answer.ts';
import {missingPaths, type PlainEntry, type PlainScope, plainEntries} from './entries.ts';
import type {PlainLines} from './lines.ts';

/** The operator chose to leave; nothing was started. */
export class PlainLeft extends Error {
	override readonly name = 'PlainLeft';
}

type Keep = (path: string, secret: string) => void;

/** What is said once, before the first question. */
export const plainHelp =
	'Enter takes what stands in brackets. Words: back (the question before), quit (leave), - (no answer, where one may be left out).';

const describe = (lines: PlainLines, draft: Draft, entry: QuestionEntry): void => {
	const {question, path} = entry;
	const member = /\.(\d+)\./u.exec(path)?.[1];
	lines.say(
		'',
		`${question.label}${member === undefined ? '' : ` (number ${Number(member) + 1})`}`,
		`  ${question.why}`,
	);
	if (question.kind === 'secret')
		lines.say(
			'  What you type is not shown. Or say where it is: env:NAME, file:PATH, k8s:namespace/name/key, generate.',
		);
	else if (question.kind === 'choice')
		optionsOf(question).forEach((word, index) => {
			lines.say(`  ${index + 1} ${word}`);
		});
	else if (question.kind !== 'yes-no' && question.example !== '' && question.example !== proposalOf(draft, entry))
		lines.say(`  Example: ${question.example}`);
};

/** Asks one question until its answer is valid. */
const askQuestion = async (
	lines: PlainLines,
	draft: Draft,
	entry: QuestionEntry,
	keep: Keep,
): Promise<Draft | 'back'> => {
	const {question} = entry;
	describe(lines, draft, entry);
	for (;;) {
		const proposal = proposalOf(draft, entry);
		const brackets = proposal === '' ? (question.optional ? ' [not set]' : '') : ` [${proposal}]`;
		const words = question.kind === 'yes-no' ? ' yes/no' : '';
		const typed = await lines.ask(`${question.label}${words}${brackets}: `, {secret: question.kind === 'secret'});
		const word = typed.trim().toLowerCase();
		if (word === 'back') return 'back';
		if (word === 'quit') throw new PlainLeft();
		const done = answered(draft, entry, typed);
		if (typeof done !== 'string') {
			if (done.secret !== undefined) keep(entry.path, done.secret);
			return done.draft;
		}
		lines.say(`  Not valid: ${question.label} ${done}`);
	}
};

/** A question of yes or no, or of other words; the first word is what Enter means when `enter` is left out. */
export const askWord = async <Word extends string>(
	lines: PlainLines,
	question: string,
	words: readonly Word[],
	options: {readonly enter?: Word; readonly signal?: AbortSignal} = {},
): Promise<Word> => {
	const {enter, signal} = options;
	for (;;) {
		const prompt = `${question} ${words.join('/')}${enter === undefined ? '' : ` [${enter}]`}: `;
		const typed = (await lines.ask(prompt, signal ? {signal} : {})).trim().toLowerCase();
		const found =
			typed === '' ? enter : words.find((word) => word === typed || (typed.length === 1 && word[0] === typed));
		if (found !== undefined) return found;
		lines.say(`  Please answer ${words.join(' or ')}.`);
	}
};

const askMore = async (lines: PlainLines, draft: Draft, entry: Extract<PlainEntry, {kind: 'more'}>) => {
	lines.say('', `${entry.topic.title}: ${entry.count} so far`);
	const word = await askWord(lines, 'Add another one?', ['no', 'yes', 'back', 'quit'], {enter: 'no'});
	if (word === 'quit') throw new PlainLeft();
	return word === 'yes' ? addItem(draft, entry.list) : word === 'no' ? draft : word;
};

/** Puts what `back` leads to in place of what was answered: a member that was added is taken out again. */
const undo = (draft: Draft, entry: PlainEntry): Draft =>
	entry.kind === 'more' && itemCount(draft, entry.list) > entry.count
		? removeItem(draft, entry.list, entry.count)
		: draft;

/**
 * Asks the questions of a scope one after the other, back and forth, until each has a valid answer. A typed secret goes to
 * `keep` and leaves only the word `prompt` in the draft. @throws PlainLeft.
 */
export const askEntries = async (lines: PlainLines, start: Draft, wanted: PlainScope, keep: Keep): Promise<Draft> => {
	let draft = start;
	let scope = wanted;
	let topic = '';
	const done: PlainEntry[] = [];
	for (;;) {
		// What one answer makes necessary is asked too; what was missing stays asked for, so that one can go back to it.
		if (scope.kind === 'missing') scope = {...scope, paths: [...new Set([...scope.paths, ...missingPaths(draft)])]};
		const entry = plainEntries(draft, scope).find(({id}) => !done.some((one) => one.id === id));
		if (!entry) return draft;
		if (entry.topic.id !== topic) {
			const place = topics.findIndex(({id}) => id === entry.topic.id) + 1;
			lines.say('', `== ${place} of ${topics.length}: ${entry.topic.title}`, entry.topic.intro);
		}
		topic = entry.topic.id;
		const reply =
			entry.kind === 'more' ? await askMore(lines, draft, entry) : await askQuestion(lines, draft, entry, keep);
		if (reply !== 'back') {
			draft = reply;
			done.push(entry);
			continue;
		}
		const last = done.pop();
		if (last) draft = undo(draft, last);
		else lines.say('  This is the first question.');
	}
};

/** Which topic to go through, with its advanced questions. @throws PlainLeft. */
export const askTopic = async (lines: PlainLines): Promise<PlainScope> => {
	lines.say('', ...topics.map(({title}, index) => `  ${index + 1} ${title}`));
	for (;;) {
		const typed = (await lines.ask('Which topic? Its number: ')).trim();
		if (typed.toLowerCase() === 'quit') throw new PlainLeft();
		const topic = /^\d+$/u.test(typed) ? topics[Number(typed) - 1] : undefined;
		if (topic) return {kind: 'topic', id: topic.id};
		lines.say(`  Please type a number from 1 to ${topics.length}.`);
	}
};

/** Asks until all answers together are valid. @throws PlainLeft. */
export const askAnswers = async (
	lines: PlainLines,
	start: Draft,
	first: PlainScope,
	keep: Keep,
): Promise<{readonly draft: Draft; readonly answers: Answers}> => {
	let draft = await askEntries(lines, start, first, keep);
	for (;;) {
		const checked = validateDraft(draft);
		if (checked.ok) return {draft, answers: checked.answers};
		lines.say(
			'',
			'These answers are not valid together:',
			...checked.issues.map(({path, message}) => `  ${path} ${message}`),
		);
		const named: PlainScope = {kind: 'missing', paths: checked.issues.map(({path}) => path)};
		// What no question asks for by itself is mended by way of its topic.
		const scope = plainEntries(draft, named).length > 0 ? named : await askTopic(lines);
		draft = await askEntries(lines, draft, scope, keep);
	}
};

/** All answers by topic, one a line; advanced ones only where they were given. */
export const reviewLines = (draft: Draft): readonly string[] => {
	let topic = '';
	return plainEntries(draft, {kind: 'all'}).flatMap((entry) => {
		if (entry.kind === 'more') return [];
		const head = entry.topic.title === topic ? [] : [entry.topic.title];
		topic = entry.topic.title;
		const member = /\.(\d+)\./u.exec(entry.path)?.[1];
		const number = member === undefined ? '' : ` (${Number(member) + 1})`;
		return [...head, `  ${entry.question.label}${number}: ${plainAnswer(draft, entry.question, entry.path)}`];
	});
};
