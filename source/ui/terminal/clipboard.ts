import {ancestorsOf} from '../../base/programs/ancestors.ts';

/**
 * Sets the clipboard of the terminal with OSC 52 (xterm's control sequences, "Manipulate Selection Data"). Nothing answers: a terminal
 * that does not allow it is silent, so nobody knows whether it was done.
 */

/** Longest text that is copied, bytes: more than 100,000 characters of base64 are dropped by terminals (hterm, xterm). */
export const mostCopiedBytes = 74_994;

/** GNU screen passes strings on in pieces: its own bound for one is 768 bytes. */
const pieceLength = 700;

/** What stands between the program and its terminal: one multiplexer, or one (named first) that was started in the other. */
export type Multiplexer = 'tmux' | 'screen' | 'tmux in screen' | undefined;

/** GNU screen names the terminal that it was started in behind its own name; no tmux does. */
const screenTerm = 'screen.';

/**
 * Which of two is the inner one: both leave the variables of the other as they were. Their servers started what runs in them, so the
 * nearer one among the ancestors is it. Where it cannot be found, the name of the terminal says so, else it is taken for screen: tmux
 * drops silently what is wrapped for screen, while screen prints what it does not understand.
 */
const innerOf = (tmux: string, sty: string, term: string, ancestors: () => readonly number[]): Multiplexer => {
	const servers = {tmux: Number(tmux.split(',').at(-2)), screen: Number(sty.split('.')[0])};
	const nearest = ancestors().find((pid) => pid === servers.tmux || pid === servers.screen);
	if (nearest === undefined) return term.startsWith('tmux') ? 'tmux in screen' : 'screen';
	return nearest === servers.tmux ? 'tmux in screen' : 'screen';
};

/**
 * Which multiplexer stands between the program and the terminal.
 * @param environment `TMUX` is socket, pid of the server and session (tmux(1)); `STY` begins with the pid of the server (screen(1))
 * @param ancestors pids of what started this program, the nearest first; asked only where both variables are set
 */
export const multiplexerOf = (
	{TMUX, STY, TERM = ''}: Readonly<Record<string, string | undefined>>,
	ancestors: () => readonly number[] = ancestorsOf,
): Multiplexer => {
	if (TMUX && STY) return TERM.startsWith(screenTerm) ? 'screen' : innerOf(TMUX, STY, TERM, ancestors);
	if (TMUX) return 'tmux';
	return STY || TERM.startsWith('screen') ? 'screen' : undefined;
};

const pieces = (text: string): readonly string[] => text.match(new RegExp(`.{1,${pieceLength}}`, 'gsu')) ?? [];

const throughTmux = (sequence: string): string =>
	`\u001BPtmux;${sequence.replaceAll('\u001B', '\u001B\u001B')}\u001B\\`;

const throughScreen = (sequence: string): string =>
	pieces(sequence)
		.map((piece) => `\u001BP${piece}\u001B\\`)
		.join('');

/**
 * The bytes that copy a text. tmux takes the plain sequence where `set-clipboard` is on and passes the wrapped one to its terminal where
 * `allow-passthrough` is on; both say the same. GNU screen knows only the wrapped one, and hands the plain one to what it runs in.
 */
export const copySequence = (text: string, multiplexer: Multiplexer): string => {
	const plain = `\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`;
	switch (multiplexer) {
		case 'tmux':
			return `${plain}${throughTmux(plain)}`;
		case 'tmux in screen':
			return `${plain}${throughTmux(throughScreen(plain))}`;
		case 'screen':
			return throughScreen(plain);
		default:
			return plain;
	}
};
