import {exitCodes, type Problem, toProblem} from '../../../base/problem.ts';
import {kindOf} from '../../../base/unexpected/kind.ts';

/**
 * Bracketed paste and reported clicks off, the wheel as it was, cursor on, no colours, back from the alternate screen, the row cleared
 * (xterm, "Control Sequences"): what a program that ends in disorder could not write any more.
 */
export const leaveScreen = '\u001B[?2004l\u001B[?1000l\u001B[?1007r\u001B[?25h\u001B[0m\u001B[?1049l\r\u001B[K';

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

const plainWords = (error: unknown): string =>
	[
		`zenml-airgap ended by an error that it did not expect: ${kindOf(error)}`,
		'  why:   The tool met a case its authors did not think of. Its message is not shown, as it may hold anything.',
		'  do:    Start it again: every step looks at the world first and goes on. If it comes back, send the authors the folders',
		'         "logs" and "reports" of the state folder (--state-dir, else ~/.local/state/zenml-airgap).',
		'  code:  unexpected-error',
	].join('\n');

/** The same as other refusals are told to a pipeline. */
const jsonWords = (error: unknown): string =>
	JSON.stringify({type: 'refused', problem: {...toProblem(error), evidence: []}});

/** Gives the terminal back and tells the kind of the error, as JSON where that was asked for. Returns the exit code. */
export const lastWords = (error: unknown, {stdin, stdout, write}: Terminal, json = false): number => {
	if (stdin.isTTY === true) quietly(() => stdin.setRawMode?.(false));
	if (stdout.isTTY === true) quietly(() => write('stdout', leaveScreen));
	quietly(() => write('stderr', `${json ? jsonWords(error) : plainWords(error)}\n`));
	return exitCodes.bug;
};

/** So many errors in one run are a flood, in which no step will get anywhere. */
const mostFaults = 20;

/** The last place to which an error comes that nothing caught. */
export type LastGuard = {
	/** The newest listener hears of it, and no other one, until the returned function is called. */
	readonly hear: (listener: (problem: Problem) => void) => () => void;
	readonly take: (error: unknown) => void;
};

/**
 * Hands errors that nothing caught to whoever is at work, so that a library which throws inside an event handler ends a step and not
 * the program. @param end ends the program, where nobody listens, the listener itself fails, or there are too many
 */
export const createLastGuard = (end: (error: unknown) => void): LastGuard => {
	const listeners: ((problem: Problem) => void)[] = [];
	let taken = 0;
	return {
		hear: (listener) => {
			listeners.push(listener);
			return () => {
				const at = listeners.lastIndexOf(listener);
				if (at >= 0) listeners.splice(at, 1);
			};
		},
		take: (error) => {
			taken += 1;
			const listener = listeners.at(-1);
			if (listener === undefined || taken > mostFaults) {
				end(error);
				return;
			}
			try {
				listener(toProblem(error));
			} catch {
				end(error);
			}
		},
	};
};
