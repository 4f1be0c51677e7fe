import type {Lists} from './table.ts';

/** What a script is made from: names of the program, and texts as words in quotes. */
export type ShellTexts = {
	readonly programs: readonly string[];
	readonly table: string;
	readonly lists: Readonly<Record<keyof Lists, string>>;
};
