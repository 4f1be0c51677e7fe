import type {Command} from 'commander';
import type {Context} from '../context.ts';

/** What a command does once its words are understood. Returns the exit code. @throws ProblemError */
export type Work = (context: Context) => Promise<number>;

/** A command that stands beside the install: it adds itself to its group and hands over its work when it is asked for. */
export type Tool = (groups: {readonly bundle: Command; readonly registry: Command}, ask: (work: Work) => void) => void;
