import {PassThrough} from 'node:stream';
import {stripVTControlCharacters} from 'node:util';
import {createPlainLines} from '../../source/app/plain/lines.ts';

/** Both ends of a conversation in lines: what the operator types, and what stands in the terminal. */
export const plainTalk = (columns?: number) => {
	const input = new PassThrough();
	const output: PassThrough & {columns?: number} = new PassThrough();
	if (columns !== undefined) output.columns = columns;
	let written = '';
	const waiters = new Set<() => void>();
	output.on('data', (chunk: Buffer) => {
		written += chunk.toString();
		for (const wake of waiters) wake();
	});
	const interrupts: number[] = [];
	const lines = createPlainLines({input, output, onInterrupt: () => interrupts.push(1)});
	let read = 0;
	/** Resolves when `text` was written after what was waited for before. */
	const until = async (text: string): Promise<void> =>
		new Promise((resolve) => {
			const look = (): void => {
				const at = stripVTControlCharacters(written).indexOf(text, read);
				if (at < 0) return;
				read = at + text.length;
				waiters.delete(look);
				resolve();
			};
			waiters.add(look);
			look();
		});
	return {
		lines,
		input,
		interrupts,
		until,
		type: (text: string): void => {
			input.write(text);
		},
		/** Waits for each prompt and answers it with a line. */
		answer: async (...pairs: ReadonlyArray<readonly [prompt: string, line: string]>): Promise<void> => {
			for (const [prompt, line] of pairs) {
				await until(prompt);
				input.write(`${line}\r`);
			}
		},
		shown: () => stripVTControlCharacters(written),
	};
};
