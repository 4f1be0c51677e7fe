// The terminal while the program behind it starts, and after it was killed. Runs on Node 20 without any library.
import {spawnSync} from 'node:child_process';
import {writeSync} from 'node:fs';

/** Words with which the program draws no screen, and may want the terminal's own echo. */
const withoutScreen = new Set(['--plain', '--json', '--non-interactive', '--help', '-h', '--version']);

/** Bracketed paste off, cursor on, back from the alternate screen: what a killed program could not do any more. */
const leaveScreen = '\u001B[?2004l\u001B[?25h\u001B[?1049l';

const stty = (...words) =>
	spawnSync('stty', words, {stdio: ['inherit', 'pipe', 'ignore'], encoding: 'utf8'}).stdout?.trim() ?? '';

/** Keys that are typed before there is a screen are not echoed. Nothing where there is no terminal, or no screen is to come. */
export const hushTerminal = (words) => {
	const {TERM, INK_SCREEN_READER} = process.env;
	const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
	const hasScreen = TERM !== 'dumb' && INK_SCREEN_READER !== 'true' && !words.some((word) => withoutScreen.has(word));
	const before = isTerminal ? stty('-g') : '';
	if (before !== '' && hasScreen) stty('-echo');
	return {
		/** As it was. */
		restore: () => {
			if (before !== '') stty(before);
		},
		/** Away from the screen of a program that could not do it itself. */
		leaveScreen: () => {
			if (isTerminal) writeSync(1, leaveScreen);
		},
	};
};
