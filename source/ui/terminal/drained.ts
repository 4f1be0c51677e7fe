import type {Readable} from 'node:stream';

/** A terminal that sends nothing for this long has sent all, ms; a key that is held comes again within 30 to 40 ms. */
const silentMs = 60;

/** Longest time that leaving may take, ms: whoever leans on a key must not hold the program. */
const boundMs = 300;

/**
 * Resolves once an input has been silent for a moment, at most after 300 ms. Whoever listens to the input meanwhile swallows what
 * was typed ahead; what is left in it when raw mode ends would be read by the shell.
 */
export const drained = async (input: Readable): Promise<void> =>
	new Promise((resolve) => {
		const end = (): void => {
			clearTimeout(silence);
			clearTimeout(bound);
			input.off('readable', heard);
			resolve();
		};
		const heard = (): void => {
			clearTimeout(silence);
			silence = setTimeout(end, silentMs);
		};
		let silence = setTimeout(end, silentMs);
		const bound = setTimeout(end, boundMs);
		input.on('readable', heard);
	});
