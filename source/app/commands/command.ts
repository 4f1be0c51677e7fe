import type {Command} from 'commander';
import type {Context} from '../base/context.ts';

/** What a command does once its words are understood. Returns the exit code. @throws ProblemError */
export type Work<Given = void> = (context: Context, given: Given) => Promise<number>;

/** Where commands stand: the program itself, and its groups. */
export type Groups = {
	readonly program: Command;
	readonly answers: Command;
	readonly bundle: Command;
	readonly registry: Command;
	readonly secrets: Command;
};

/** Takes the work of the command that the words name, and what they give it, as data. */
export type Ask = {
	(work: Work): void;
	<Given>(work: Work<Given>, given: Given): void;
};

/** A command: it adds itself to its group, and hands over its work when it is asked for. */
export type AddCommand = (groups: Groups, ask: Ask) => void;
