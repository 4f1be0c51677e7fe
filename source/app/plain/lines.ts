import {createInterface} from 'node:readline';
import {Writable} from 'node:stream';
import {printableText} from '../../base/printable.ts';
import {ProblemError} from '../../base/problem.ts';

/** A conversation in lines, for terminals without a full screen and for screen readers. */
export type PlainLines = {
	readonly say: (...lines: readonly string[]) => void;
	/**
	 * One line from the operator. Of a `secret` nothing is echoed.
	 * @throws the signal's reason; ProblemError `input-ended` when there is nobody left to answer.
	 */
	readonly ask: (
		prompt: string,
		options?: {readonly secret?: boolean; readonly signal?: AbortSignal},
	) => Promise<string>;
	/** Hands over lines that come while nothing is asked, until the returned function is called. */
	readonly listen: (onLine: (line: string) => void) => () => void;
	/** Drops what was typed ahead: it was not meant for a question that nobody could know of. */
	readonly forget: () => void;
	readonly close: () => void;
};

const inputEnded = (): ProblemError =>
	new ProblemError({
		code: 'input-ended',
		area: 'stopped',
		message: 'There is nobody left to answer.',
		cause: 'The input ended.',
		fix: 'Start the same command again in a terminal, or give all answers with --answers and --non-interactive.',
	});

type Asked = {
	readonly secret: boolean;
	readonly resolve: (line: string) => void;
	readonly reject: (reason: unknown) => void;
};

/**
 * Opens the conversation. Echo and line editing are those of node:readline, whose output is let through only while an
 * ordinary question is open: it is shut before the next character is looked at, so that a secret that is pasted together
 * with the answer before it is not shown either. `onInterrupt` is told of Ctrl-C, which raises no signal meanwhile.
 */
export const createPlainLines = ({
	input,
	output,
	onInterrupt,
}: {
	readonly input: NodeJS.ReadableStream;
	readonly output: NodeJS.WritableStream & {readonly columns?: number};
	readonly onInterrupt: () => void;
}): PlainLines => {
	let shown = false;
	let ended = false;
	let asked: Asked | undefined;
	let listener: ((line: string) => void) | undefined;
	const ahead: string[] = [];
	const echo = new Writable({
		decodeStrings: false,
		write: (chunk: string, _encoding, done) => {
			if (shown) output.write(chunk);
			done();
		},
	});
	Object.defineProperty(echo, 'columns', {get: () => output.columns});
	const readline = createInterface({input, output: echo, terminal: true, historySize: 0});
	const settle = (): Asked | undefined => {
		const one = asked;
		asked = undefined;
		shown = false;
		return one;
	};
	readline.on('line', (line) => {
		if (asked) {
			if (asked.secret) output.write('\n');
			settle()?.resolve(line);
		} else if (listener) listener(line);
		else ahead.push(line);
	});
	readline.on('close', () => {
		ended = true;
		settle()?.reject(inputEnded());
	});
	readline.on('SIGINT', onInterrupt);
	const ask: PlainLines['ask'] = async (prompt, {secret = false, signal} = {}) => {
		signal?.throwIfAborted();
		const early = ahead.shift();
		if (early !== undefined) {
			output.write(secret ? `${prompt}\n` : `${prompt}${early}\n`);
			return early;
		}
		if (ended) throw inputEnded();
		readline.setPrompt(prompt);
		if (secret) output.write(prompt);
		else {
			shown = true;
			// With the beginning of an answer that was typed before the question stood there.
			readline.prompt(true);
		}
		return new Promise((resolve, reject) => {
			const stop = (): void => {
				output.write('\n');
				settle()?.reject(signal?.reason);
			};
			const over =
				<Value>(then: (value: Value) => void) =>
				(value: Value): void => {
					signal?.removeEventListener('abort', stop);
					then(value);
				};
			asked = {secret, resolve: over(resolve), reject: over(reject)};
			signal?.addEventListener('abort', stop, {once: true});
		});
	};
	const dropLine = (): void => {
		if (!ended) readline.write(null, {ctrl: true, name: 'e'});
		if (!ended) readline.write(null, {ctrl: true, name: 'u'});
	};
	return {
		say: (...lines) => {
			for (const line of lines) output.write(`${printableText(line)}\n`);
		},
		ask,
		listen: (onLine) => {
			dropLine();
			ahead.length = 0;
			listener = onLine;
			readline.setPrompt('');
			shown = true;
			return () => {
				if (listener !== onLine) return;
				listener = undefined;
				shown = false;
			};
		},
		forget: () => {
			ahead.length = 0;
			dropLine();
		},
		close: () => {
			shown = false;
			readline.close();
		},
	};
};
