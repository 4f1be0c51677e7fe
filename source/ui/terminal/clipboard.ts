/**
 * Sets the clipboard of the terminal with OSC 52 (xterm's control sequences, "Manipulate Selection Data"). Nothing answers: a terminal
 * that does not allow it is silent, so nobody knows whether it was done.
 */

/** Longest text that is copied, bytes: more than 100,000 characters of base64 are dropped by terminals (hterm, xterm). */
export const mostCopiedBytes = 74_994;

/** GNU screen passes strings on in pieces: its own bound for one is 768 bytes. */
const pieceLength = 700;

/** What the terminal runs in, by its environment. */
export type Multiplexer = 'tmux' | 'screen' | undefined;

/** Which multiplexer stands between the program and the terminal. */
export const multiplexerOf = ({TMUX, STY, TERM = ''}: Readonly<Record<string, string | undefined>>): Multiplexer => {
	if (TMUX) return 'tmux';
	return STY || TERM.startsWith('screen') ? 'screen' : undefined;
};

const pieces = (text: string): readonly string[] => text.match(new RegExp(`.{1,${pieceLength}}`, 'gsu')) ?? [];

/**
 * The bytes that copy a text. tmux takes the plain sequence where `set-clipboard` is on and passes the wrapped one to its terminal where
 * `allow-passthrough` is on; both say the same. GNU screen knows only the wrapped one.
 */
export const copySequence = (text: string, multiplexer: Multiplexer): string => {
	const plain = `\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`;
	switch (multiplexer) {
		case 'tmux':
			return `${plain}\u001BPtmux;${plain.replaceAll('\u001B', '\u001B\u001B')}\u001B\\`;
		case 'screen':
			return pieces(plain)
				.map((piece) => `\u001BP${piece}\u001B\\`)
				.join('');
		default:
			return plain;
	}
};
