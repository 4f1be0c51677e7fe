import {createInterface, type Interface} from 'node:readline';
import {Writable} from 'node:stream';
import {printableText} from '../../base/printable.ts';
import {plainProblems} from '../base/plain-problems.ts';
import {rowsOf} from '../base/wrap.ts';

/** How a line is asked for. Of a secret nothing is echoed. */
export type AskOptions = {readonly secret?: boolean; readonly signal?: AbortSignal | undefined};

/** A conversation in lines, for terminals without a full screen and for screen readers. */
export type PlainLines = {
	/** What comes while a question is open stands above it: it is asked again, with what was typed so far. */
	readonly say: (...lines: readonly string[]) => void;
	/**
	 * One line from the operator.
	 * @throws the signal's reason; ProblemError `input-ended` when there is nobody left to answer.
	 */
	readonly ask: (prompt: string, options?: AskOptions) => Promise<string>;
	/** Hands over lines that come while nothing is asked, until the returned function is called. */
	readonly listen: (onLine: (line: string) => void) => () => void;
	/** Drops what was typed ahead: it was not meant for a question that nobody could know of. */
	readonly forget: () => void;
	readonly close: () => void;
};

/** Where the conversation is held. */
export type PlainTerminal = {
	readonly input: NodeJS.ReadableStream;
	readonly output: NodeJS.WritableStream & {readonly columns?: number};
	/** Told of Ctrl-C, which raises no signal meanwhile. */
	readonly onInterrupt: () => void;
};

/** A question that waits for its line. */
type Asked = {
	readonly prompt: string;
	readonly secret: boolean;
	readonly resolve: (line: string) => void;
	readonly reject: (reason: unknown) => void;
};

/** What the parts of one conversation share: who gets the next line, and whether its letters may be seen. */
type Desk = {
	readonly output: PlainTerminal['output'];
	readonly readline: Interface;
	readonly echo: Echo;
	/** Lines that came before anybody asked for them. */
	readonly ahead: string[];
	asked: Asked | undefined;
	listener: ((line: string) => void) | undefined;
	ended: boolean;
};

/** The output of node:readline, which is let through only while `isShown`. */
type Echo = {readonly stream: Writable; isShown: boolean};

const createEcho = (output: PlainTerminal['output']): Echo => {
	const stream = new Writable({
		decodeStrings: false,
		write: (chunk: string, _encoding, done) => {
			if (echo.isShown) output.write(chunk);
			done();
		},
	});
	Object.defineProperty(stream, 'columns', {get: () => output.columns});
	const echo: Echo = {stream, isShown: false};
	return echo;
};

const inputEnded = () => plainProblems.error('input-ended', {});

/** Closes the open question, if there is one: nothing is echoed from here on. */
const settle = (desk: Desk): Asked | undefined => {
	const {asked} = desk;
	desk.asked = undefined;
	desk.echo.isShown = false;
	return asked;
};

const takeLine = (desk: Desk, line: string): void => {
	if (desk.asked) {
		if (desk.asked.secret) desk.output.write('\n');
		settle(desk)?.resolve(line);
	} else if (desk.listener) desk.listener(line);
	else desk.ahead.push(line);
};

const end = (desk: Desk): void => {
	desk.ended = true;
	settle(desk)?.reject(inputEnded());
};

/** A prompt that is wider than the terminal is broken between words; its last row is the one that is typed behind. */
const lastRowOf = (output: Desk['output'], prompt: string): string => {
	const words = prompt.trimEnd();
	const rows = rowsOf(words, output.columns);
	for (const row of rows.slice(0, -1)) output.write(`${row}\n`);
	return `${rows.at(-1) ?? ''}${prompt.slice(words.length)}`;
};

const showPrompt = ({readline, output, echo}: Desk, whole: string, secret: boolean): void => {
	const prompt = lastRowOf(output, whole);
	readline.setPrompt(prompt);
	if (secret) {
		output.write(prompt);
		return;
	}
	echo.isShown = true;
	// With the beginning of an answer that was typed before the question stood there.
	readline.prompt(true);
};

const nextLine = async (desk: Desk, prompt: string, {secret = false, signal}: AskOptions): Promise<string> => {
	const {promise, resolve, reject} = Promise.withResolvers<string>();
	desk.asked = {prompt, secret, resolve, reject};
	const stop = (): void => {
		desk.output.write('\n');
		settle(desk)?.reject(signal?.reason);
	};
	signal?.addEventListener('abort', stop, {once: true});
	try {
		return await promise;
	} finally {
		signal?.removeEventListener('abort', stop);
	}
};

const ask = async (desk: Desk, prompt: string, options: AskOptions): Promise<string> => {
	const {secret = false, signal} = options;
	signal?.throwIfAborted();
	const early = desk.ahead.shift();
	if (early !== undefined) {
		desk.output.write(secret ? `${prompt}\n` : `${prompt}${early}\n`);
		return early;
	}
	if (desk.ended) throw inputEnded();
	showPrompt(desk, prompt, secret);
	return nextLine(desk, prompt, options);
};

const say = (desk: Desk, lines: readonly string[]): void => {
	const {output, asked} = desk;
	if (asked) output.write('\n');
	const rows = lines.flatMap((line) => printableText(line).split('\n'));
	for (const row of rows.flatMap((one) => rowsOf(one, output.columns))) output.write(`${row}\n`);
	if (asked) showPrompt(desk, asked.prompt, asked.secret);
};

/** Takes back the line that is being typed. */
const dropLine = ({readline, ended}: Desk): void => {
	if (ended) return;
	readline.write(null, {ctrl: true, name: 'e'});
	readline.write(null, {ctrl: true, name: 'u'});
};

const listen = (desk: Desk, onLine: (line: string) => void): (() => void) => {
	dropLine(desk);
	desk.ahead.length = 0;
	desk.listener = onLine;
	desk.readline.setPrompt('');
	desk.echo.isShown = true;
	return () => {
		if (desk.listener !== onLine) return;
		desk.listener = undefined;
		desk.echo.isShown = false;
	};
};

/**
 * Opens the conversation. Echo and line editing are those of node:readline, whose output is let through only while an
 * ordinary question is open: it is shut before the next character is looked at, so that a secret that is pasted together
 * with the answer before it is not shown either.
 */
export const createPlainLines = ({input, output, onInterrupt}: PlainTerminal): PlainLines => {
	const echo = createEcho(output);
	const readline = createInterface({input, output: echo.stream, terminal: true, historySize: 0});
	const desk: Desk = {output, readline, echo, ahead: [], asked: undefined, listener: undefined, ended: false};
	readline.on('line', (line) => takeLine(desk, line));
	readline.on('close', () => end(desk));
	readline.on('SIGINT', onInterrupt);
	return {
		say: (...lines) => say(desk, lines),
		ask: async (prompt, options = {}) => ask(desk, prompt, options),
		listen: (onLine) => listen(desk, onLine),
		forget: () => {
			desk.ahead.length = 0;
			dropLine(desk);
		},
		close: () => {
			echo.isShown = false;
			readline.close();
		},
	};
};
