import {tryReference} from '../../oci/reference.ts';
import {isChecksumLine, parseChecksums} from './checksums-text.ts';
import type {BundleManifest} from './types.ts';

/**
 * `manifest.txt` has no format: the vendor's air-gap guide (step 1.3) only says what it documents. So lines are read by
 * what they look like, helped by the heading above them; what is not understood is left out, never guessed.
 */
type Section = 'images' | 'charts' | 'registries' | 'other';

const headings: ReadonlyArray<readonly [RegExp, Section]> = [
	[/\bcharts?\b/iu, 'charts'],
	[/\bregistr(y|ies)\b/iu, 'registries'],
	[/\bimages?\b/iu, 'images'],
	[/\b(check ?sums?|sha-?256(sum)?s?|date|created|built|notes?|versions?)\b/iu, 'other'],
];

const chartFile = /(?:^|\/)([a-z0-9][a-z0-9.-]*-v?\d[\w.+-]*)\.tgz$/u;
const version = /^v?\d+(\.\d+){1,3}([.+_-][\w.+-]+)?$/u;
const plainName = /^[a-z0-9][a-z0-9./_-]*$/u;
const date = /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?/u;
const clock = /^\d{1,2}:\d{2}/u;
const registryToken =
	/^(?:https?:\/\/)?([a-z0-9](?:[a-z0-9-]*\.)+[a-z0-9-]+(?::\d{2,5})?(?:\/\S*)?|[a-z0-9.-]+:\d{2,5}(?:\/\S*)?)$/u;

const sectionOf = (words: string): Section | undefined => headings.find(([pattern]) => pattern.test(words))?.[1];

/** Without the given characters at its end; a pattern that looks for them takes the square of the time on lines made for that. */
const withoutEnd = (text: string, characters: string): string => {
	let end = text.length;
	while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
	return text.slice(0, end);
};

/** Splits a line into its words without list marks, quotes, table bars and closing punctuation. */
const wordsOf = (line: string): readonly string[] =>
	line
		.split(/[\s,;|=`'"<>()[\]]+/u)
		.map((token) => withoutEnd(token.replace(/^[-*\u2022#]+/u, ''), ':.,'))
		.filter((token) => token !== '');

/** A heading, alone on its line or before a colon. @returns the section and what is left of the line */
const heading = (line: string): {readonly section: Section; readonly rest: string} | undefined => {
	const colon = line.indexOf(':');
	const [words, rest] = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
	const label = withoutEnd(words, colon < 0 ? ' \t=#*_-' : ' \t*_').replace(/^[\s#*=_-]+/u, '');
	if (!/^[A-Za-z][A-Za-z0-9 ()/-]{0,60}$/u.test(label) || !/^(?:\s|$)/u.test(rest)) return undefined;
	const section = sectionOf(label);
	return section === undefined ? undefined : {section, rest: rest.trimStart()};
};

/** A word, the one after it, and the heading they stand under. */
type Word = {readonly word: string; readonly next: string | undefined; readonly section: Section};

/** What a word tells: something that is listed. */
type Listed = {readonly list: Exclude<Section, 'other'>; readonly name: string};

/** How a word may be read. @returns undefined where it is not of that kind, and nothing where such a word tells nothing here */
type Rule = (word: Word) => readonly Listed[] | undefined;

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const versionIn = (word: string | undefined): string | undefined =>
	word !== undefined && version.test(word) ? word : undefined;

const asChartFile: Rule = ({word}) => {
	const name = chartFile.exec(word)?.[1];
	return name === undefined ? undefined : [{list: 'charts', name}];
};

const asRegistry: Rule = ({word, section}) => {
	if (section !== 'registries') return undefined;
	return registryToken.test(word) ? [{list: 'registries', name: word}] : [];
};

/** `oci://host/path:1.0`, or the version as the next word. */
const asChartReference: Rule = ({word, next}) => {
	if (!word.startsWith('oci://')) return undefined;
	const [path = '', tag] = word.slice('oci://'.length).split(/:(?=[^/]+$)/u);
	const given = tag ?? versionIn(next);
	return given ? [{list: 'charts', name: `${lastPart(path)}-${given}`}] : [];
};

/** What begins with a capital is prose: names of images do not, nor do hosts as people write them. */
const isImage = (word: string): boolean =>
	/^[a-z0-9]/u.test(word) && !clock.test(word) && tryReference(word)?.tag !== undefined;

const asImage: Rule = ({word, section}) => {
	if (!isImage(word)) return undefined;
	if (section === 'charts') return [{list: 'charts', name: lastPart(word).replace(':', '-')}];
	return section === 'images' || word.includes('/') ? [{list: 'images', name: word}] : [];
};

const asNameAndVersion: Rule = ({word, next, section}) => {
	const given = versionIn(next);
	if (given === undefined || !plainName.test(word) || version.test(word)) return undefined;
	if (section === 'images') return [{list: 'images', name: `${word}:${given}`}];
	return section === 'charts' ? [{list: 'charts', name: `${lastPart(word)}-${given}`}] : [];
};

/** The first that fits counts. */
const rules: readonly Rule[] = [asChartFile, asRegistry, asChartReference, asImage, asNameAndVersion];

const listedBy = (word: Word): readonly Listed[] => {
	for (const rule of rules) {
		const listed = rule(word);
		if (listed) return listed;
	}
	return [];
};

const creationDate = (line: string): string | undefined =>
	/\b(date|created|built|generated)\b/iu.test(line) ? date.exec(line)?.[0] : undefined;

/** Reads `manifest.txt`. Images come out as references, charts as `name-version`, registries as written. */
export const parseManifest = (text: string): BundleManifest => {
	const lists = {images: new Set<string>(), charts: new Set<string>(), registries: new Set<string>()};
	let created: string | undefined;
	let section: Section = 'other';
	for (const raw of text.replace(/^\uFEFF/u, '').split(/\r?\n/u)) {
		const line = raw.trim();
		if (line === '' || isChecksumLine(line)) continue;
		created ??= creationDate(line);
		const found = heading(line);
		section = found?.section ?? section;
		const words = wordsOf(found?.rest ?? line);
		for (const [index, word] of words.entries()) {
			for (const {list, name} of listedBy({word, next: words[index + 1], section})) lists[list].add(name);
		}
	}
	return {
		created,
		images: [...lists.images],
		charts: [...lists.charts],
		registries: [...lists.registries],
		checksums: parseChecksums(text),
	};
};
