import sea from 'node:sea';
import {fileURLToPath} from 'node:url';
import type {WorkerOptions} from 'node:worker_threads';

/** The parts of this program that are processes or threads of their own. The build makes a file of each; the executable carries it. */
export type PartName = 'program-keeper' | 'hash-worker' | 'rehearsal-host';

/** A part, and its file as source, which tells where it is in the built program too. */
export type Part = {readonly name: PartName; readonly source: URL};

/** A program and its arguments. */
export type Start = {readonly program: string; readonly words: readonly string[]};

/** With this word before its name the executable is one of its parts. No command begins like it. */
const innerWord = 'inner:';

/** As source it is TypeScript; the built program has its files in one folder, whatever module asks. */
const fileOf = ({name, source}: Part, from: string): URL =>
	from.endsWith('.ts') ? source : new URL(`./${name}.js`, from);

/** How Node itself is started with a file that is no part of this program, deaf to SIGUSR1, on which it opens its debugger to every user of this host. */
export const nodeWith = (file: string, nodeArguments: readonly string[] = []): Start => ({
	program: process.execPath,
	words: [...nodeArguments, '--disable-sigusr1', file],
});

/**
 * How a part is started as a process: this executable with an inner word, or Node with a file.
 * @param nodeArguments what Node needs to read the source; nothing of it goes to the executable
 */
export const processOf = (part: Part, nodeArguments: readonly string[] = []): Start => {
	if (sea.isSea()) return {program: process.execPath, words: [`${innerWord}${part.name}`]};
	return nodeWith(fileURLToPath(fileOf(part, import.meta.url)), nodeArguments);
};

/** What `new Worker` takes to start a part as a thread: the executable carries its text, else it is a file. */
export const threadOf = (part: Part): readonly [text: string | URL, options: WorkerOptions] =>
	sea.isSea()
		? // The text is a function, as the door of the executable takes it.
			[`${sea.getAsset(`${part.name}.cjs`, 'utf8')}(require, '')`, {eval: true}]
		: [fileOf(part, import.meta.url), {}];
