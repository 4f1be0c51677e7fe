import type {Listener} from '../engine/types.ts';

/** One event a line, nothing else: the contract of `--json`. Events are redacted before they come here. */
export const jsonReport =
	(write: (text: string) => void): Listener =>
	(event) =>
		write(`${JSON.stringify(event)}\n`);
