// The terminal while the program behind it starts. Runs on Node 20 without any library.
import {spawnSync} from 'node:child_process';

/** Words with which the program draws no screen, and may want the terminal's own echo. */
const withoutScreen = new Set(['--plain', '--json', '--non-interactive', '--help', '-h', '--version']);

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
	};
};
