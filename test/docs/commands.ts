import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {projectFolder} from '../../scripts/docs-pages.ts';

/** A command line of this program on a page: its words without the program's name. */
export type Written = {readonly page: string; readonly line: string; readonly words: readonly string[]};

/** Every page of Markdown that people read, by its name. */
export const pageTexts = async (): Promise<ReadonlyMap<string, string>> => {
	const inDocs = await readdir(path.join(projectFolder, 'docs'), {recursive: true});
	const names = ['README.md', 'SECURITY.md', 'rehearsal/README.md', ...inDocs.map((name) => `docs/${name}`)];
	const pages = names.filter((name) => name.endsWith('.md')).toSorted();
	return new Map(
		await Promise.all(
			pages.map(async (name) => [name, await readFile(path.join(projectFolder, name), 'utf8')] as const),
		),
	);
};

/** A place of the examples in angle brackets, such as `<your registry>`, is one word. */
const filledIn = (line: string): string => line.replaceAll(/<[a-z][^<>]*>/gu, 'PLACE');

/** The words of simple commands as a POSIX shell splits them; what stands in for others (`$(…)`) stays as it is. */
export const simpleCommands = (line: string): readonly (readonly string[])[] => {
	const tokens = filledIn(line).matchAll(
		/\s+|#.*$|[<>]\(|\d?[<>]+&?\d?|\|\||&&|[|;&()]|(?:\$\([^)]*\)|"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s'"\\|;&<>()])+/gu,
	);
	const commands: string[][] = [[]];
	let skipsNext = false;
	for (const [token] of tokens) {
		if (/^\s|^#/u.test(token)) continue;
		if (/^(?:\|\||&&|[|;&()]|[<>]\()$/u.test(token)) commands.push([]);
		else if (/^\d?[<>]/u.test(token)) skipsNext = !token.includes('&');
		else if (skipsNext) skipsNext = false;
		else commands.at(-1)?.push(token.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gu, '$1$2$3'));
	}
	return commands.filter((words) => words.length > 0);
};

/** How the program is started on the pages; `npm start` rehearses. */
const starts: ReadonlyArray<readonly [string, readonly string[]]> = [
	['zenml-airgap', []],
	['npx zenml-airgap', []],
	['npx tsx cli.tsx', []],
	['node dist/cli.js', []],
	['npm run cli', []],
	['npm start', ['rehearse']],
];

/** The words after the name of this program; undefined where another one is started. */
export const wordsForUs = (command: readonly string[]): readonly string[] | undefined => {
	const words = command.slice(command.findIndex((word) => !/^[A-Za-z_]\w*=/u.test(word)));
	for (const [start, first] of starts) {
		const name = start.split(' ');
		if (name.some((word, at) => words[at] !== word)) continue;
		const rest = words.slice(name.length);
		return [...first, ...(rest[0] === '--' ? rest.slice(1) : rest)];
	}
	return undefined;
};

const ofLines = (page: string, lines: readonly string[]): readonly Written[] =>
	lines.flatMap((line) =>
		simpleCommands(line).flatMap((command) => {
			const words = wordsForUs(command);
			return words === undefined ? [] : [{page, line: line.trim(), words}];
		}),
	);

/** Commands of this program in the blocks of a page that are meant for a shell. */
export const commandsInBlocks = (page: string, text: string): readonly Written[] =>
	[...text.matchAll(/^[ \t]*```(?:sh|bash|console)\n([\s\S]*?)^[ \t]*```/gmu)].flatMap(([, block = '']) =>
		ofLines(page, block.replaceAll('\\\n', ' ').split('\n')),
	);

/** Commands of this program in the running text of a page. */
export const commandsInText = (page: string, text: string): readonly Written[] =>
	[...text.replaceAll(/^[ \t]*```[\s\S]*?^[ \t]*```/gmu, '').matchAll(/`([^`\n]+)`/gu)]
		.filter(([, code = '']) => /^zenml-airgap [a-z]/u.test(code) && !code.includes('…'))
		.flatMap(([, code = '']) => ofLines(page, [code]));
