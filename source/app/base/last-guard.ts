import {exitCodes} from '../../base/problem.ts';

/** A word that can only be the name of a kind: messages hold spaces, signs or too much. */
const isName = (word: unknown): word is string =>
	typeof word === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,59}$/u.test(word);

/** Any property of a foreign error may be a trap, or hold more than its name. */
const wordAt = (error: object, name: string): string | undefined => {
	try {
		const word: unknown = Reflect.get(error, name);
		return isName(word) ? word : undefined;
	} catch {
		return undefined;
	}
};

const constructorOf = (error: object): string | undefined => {
	try {
		return wordAt((error as {readonly constructor: object}).constructor, 'name');
	} catch {
		return undefined;
	}
};

/**
 * What kind of error it is: `TypeError`, `Error (ERR_SOCKET_CLOSED)`. Nothing else of an error that nobody expected is told: its
 * message and its stack may hold whatever was at hand, secrets too.
 */
export const kindOf = (error: unknown): string => {
	if (error === null || (typeof error !== 'object' && typeof error !== 'function')) return `a thrown ${typeof error}`;
	const name = constructorOf(error) ?? 'an error without a name';
	const code = wordAt(error, 'code');
	return code === undefined ? name : `${name} (${code})`;
};

/** Shows the main screen and the cursor again, and ends colors, mouse and bracketed paste (xterm, "Control Sequences"). */
const restored = '\u001B[?1049l\u001B[?25h\u001B[0m\u001B[?1000l\u001B[?2004l\r';

export type Terminal = {
	readonly stdin: {readonly isTTY?: boolean; readonly setRawMode?: (raw: boolean) => unknown};
	readonly stdout: {readonly isTTY?: boolean};
	/** Writes before the process ends, so at once. */
	readonly write: (to: 'stdout' | 'stderr', text: string) => void;
};

const quietly = (deed: () => unknown): void => {
	try {
		deed();
	} catch {
		// The program ends anyway, and the next words matter more.
	}
};

/** Gives the terminal back and tells the kind of the error. Returns the exit code. */
export const lastWords = (error: unknown, {stdin, stdout, write}: Terminal): number => {
	if (stdin.isTTY === true) quietly(() => stdin.setRawMode?.(false));
	if (stdout.isTTY === true) quietly(() => write('stdout', restored));
	const lines = [
		`zenml-airgap ended by an error that it did not expect: ${kindOf(error)}`,
		'  why:   The tool met a case its authors did not think of. Its message is not shown, as it may hold anything.',
		'  do:    Start it again: every step looks at the world first and goes on. If it comes back, send the authors the folders',
		'         "logs" and "reports" of the state folder (--state-dir, else ~/.local/state/zenml-airgap).',
		'  code:  unexpected-error',
	];
	quietly(() => write('stderr', `${lines.join('\n')}\n`));
	return exitCodes.bug;
};
