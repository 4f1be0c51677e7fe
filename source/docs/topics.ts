import path from 'node:path';
import {nearestOf} from '../base/text.ts';

/** A page, or pages that belong together, by the name that people type. */
export type DocsTopic = {
	readonly name: string;
	/** When one reads it. */
	readonly about: string;
	/** Names of its pages in `docs/`, in order. */
	readonly files: readonly string[];
};

/** The pages by their names in `docs/`. */
export type Texts = ReadonlyMap<string, string>;

/** The page that tells all others. */
const index = 'index.md';

/** Topics that are called otherwise than their page. */
const names: Readonly<Record<string, string>> = {troubleshooting: 'problems'};

/** Further words for a topic. */
const aliases: Readonly<Record<string, string>> = {
	...names,
	start: 'quick-start',
	night: 'runbook',
	'air-gap': 'checklist',
	ports: 'network',
	firewall: 'network',
	codes: 'problems',
};

const nameOf = (file: string): string => {
	const folder = path.posix.dirname(file);
	const name = folder === '.' ? path.posix.basename(file, '.md') : folder;
	return names[name] ?? name;
};

const filesOf = (file: string, texts: Texts): readonly string[] => {
	const folder = path.posix.dirname(file);
	return folder === '.' ? [file] : [...texts.keys()].filter((name) => name.startsWith(`${folder}/`));
};

/** A row of the index: a link to a page in `docs/`, and when one reads it. */
const rowOfIndex = /^\| \[[^\]]+\]\((?!\.\.\/)([^)#]+\.md)\) \| (.+) \|$/gmu;

/** Every topic, in the order of the index: a page that stands there is a topic, and a folder of pages is one. */
export const topicsOf = (texts: Texts): readonly DocsTopic[] =>
	[...(texts.get(index) ?? '').matchAll(rowOfIndex)].map(([, file = '', about = '']) => ({
		name: nameOf(file),
		about: about.replaceAll('`', '').replaceAll(/\[([^\]]+)\]\([^)]+\)/gu, '$1'),
		files: filesOf(file, texts),
	}));

/** The topic of a name, of a page's file or of another word for it. */
export const topicNamed = (word: string, topics: readonly DocsTopic[]): DocsTopic | undefined => {
	const written = word
		.toLowerCase()
		.replace(/^docs\//u, '')
		.replace(/\.md$/u, '');
	const name = aliases[written] ?? written;
	return topics.find((topic) => topic.name === name);
};

/** The name of the topic that a link from a page leads to; undefined where it leads elsewhere. */
export const topicOfFile = (file: string, topics: readonly DocsTopic[]): string | undefined => {
	if (file === '' || !file.endsWith('.md') || file.startsWith('../')) return undefined;
	return topics.find(({name}) => name === nameOf(file))?.name;
};

/** Topics that a mistyped word may mean: those that it is a part of, and those that are spelled much like it; three at most. */
export const topicsNear = (word: string, topics: readonly DocsTopic[]): readonly string[] => {
	const written = word.toLowerCase();
	const known = [...topics.map(({name}) => name), ...Object.keys(aliases)];
	const parts = written.length < 3 ? [] : known.filter((name) => name.includes(written) || written.includes(name));
	const near = [...nearestOf(written, known, 3), ...parts].flatMap((name) => topicNamed(name, topics)?.name ?? []);
	return [...new Set(near)].slice(0, 3);
};

/** The text of a topic in Markdown, its pages one below the other. */
export const topicText = ({files}: DocsTopic, texts: Texts): string =>
	files.map((file) => texts.get(file) ?? '').join('\n\n');
