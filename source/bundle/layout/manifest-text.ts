import type {BundleManifest} from '../types.ts';

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

const checksumLine = /^\\?([0-9a-f]{64})\s+[*]?(\S.*)$/iu;
const imageReference =
	/^(?:[a-z0-9.-]+(?::\d{2,5})?\/)?(?:[a-z0-9._-]+\/)*[a-z0-9][a-z0-9._-]*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(?:@sha256:[0-9a-f]{64})?$/u;
const chartFile = /(?:^|\/)([a-z0-9][a-z0-9.-]*-v?\d[\w.+-]*)\.tgz$/u;
const version = /^v?\d+(\.\d+){1,3}([.+_-][\w.+-]+)?$/u;
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
const tokens = (line: string): readonly string[] =>
	line
		.split(/[\s,;|=`'"<>()[\]]+/u)
		.map((token) => withoutEnd(token.replace(/^[-*•#]+/u, ''), ':.,'))
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

/** @param path as written in a checksum line @param folder the folder of that file, relative to the bundle */
const relative = (path: string, folder: string): string => {
	const plain = path.trim().replace(/^\.\//u, '');
	const inside = /(?:^|\/)((?:images|charts)\/.+)$/u.exec(plain)?.[1];
	return inside ?? (folder === '' ? plain : `${folder}/${plain}`);
};

/**
 * The checksum lines of a text, as `sha256sum` writes them.
 * @param folder where the text lies, relative to the bundle; its paths start there
 * @returns digest (`sha256:` and hex) by path relative to the bundle
 */
export const parseChecksums = (text: string, folder = ''): ReadonlyMap<string, string> => {
	const checksums = new Map<string, string>();
	for (const line of text.split(/\r?\n/u)) {
		const [, hex, path] = checksumLine.exec(line.trim()) ?? [];
		if (hex && path) checksums.set(relative(path, folder), `sha256:${hex.toLowerCase()}`);
	}
	return checksums;
};

/**
 * `SHA256SUMS` as `bundle create` writes it and `sha256sum -c` reads it: small hex digits, two spaces, a path, nothing else.
 * Every other byte is an error, so that none can be changed without being seen.
 * @returns digest by path; `undefined` when a line has another form or a path comes twice
 */
export const parseExactChecksums = (text: string): ReadonlyMap<string, string> | undefined => {
	const lines = text.split('\n');
	if (lines.pop() !== '') return undefined;
	const checksums = new Map<string, string>();
	for (const line of lines) {
		const [, hex, path] = /^([0-9a-f]{64}) {2}(\S.*)$/u.exec(line) ?? [];
		if (!hex || !path || checksums.has(path)) return undefined;
		checksums.set(path, `sha256:${hex}`);
	}
	return checksums;
};

/** Reads `manifest.txt`. Images come out as references, charts as `name-version`, registries as written. */
export const parseManifest = (text: string): BundleManifest => {
	const images = new Set<string>();
	const charts = new Set<string>();
	const registries = new Set<string>();
	let created: string | undefined;
	let section: Section = 'other';
	for (const raw of text.replace(/^\uFEFF/u, '').split(/\r?\n/u)) {
		const line = raw.trim();
		if (line === '' || checksumLine.test(line)) continue;
		if (/\b(date|created|built|generated)\b/iu.test(line)) created ??= date.exec(line)?.[0];
		const found = heading(line);
		if (found) section = found.section;
		const words = tokens(found ? found.rest : line);
		for (const [index, word] of words.entries()) {
			const chart = chartFile.exec(word)?.[1];
			const next = words[index + 1];
			if (chart) charts.add(chart);
			else if (section === 'registries') {
				if (registryToken.test(word)) registries.add(word);
			} else if (word.startsWith('oci://')) {
				const [path = '', tag] = word.slice(6).split(/:(?=[^/]+$)/u);
				const given = tag ?? (next && version.test(next) ? next : undefined);
				if (given) charts.add(`${path.split('/').at(-1)}-${given}`);
			} else if (imageReference.test(word) && !clock.test(word) && !word.includes('://')) {
				if (section === 'charts') charts.add(word.replace(/^.*\//u, '').replace(':', '-'));
				else if (section === 'images' || word.includes('/')) images.add(word);
			} else if (next && version.test(next) && /^[a-z0-9][a-z0-9./_-]*$/u.test(word) && !version.test(word)) {
				if (section === 'images') images.add(`${word}:${next}`);
				if (section === 'charts') charts.add(`${word.replace(/^.*\//u, '')}-${next}`);
			}
		}
	}
	return {
		...(created === undefined ? {} : {created}),
		images: [...images],
		charts: [...charts],
		registries: [...registries],
		checksums: parseChecksums(text),
	};
};
