import {headerBytes} from './protocol.ts';

/** A refusal that was sent before any login, in the words of the server; undefined for anything else. */
export const refusalIn = (first: Buffer): {readonly code: string | undefined; readonly words: string} | undefined => {
	if (first[0] !== 0x45) return undefined;
	const isFramed = first.length > headerBytes && first.readUInt32BE(1) === first.length - 1;
	// A server that cannot even start a process says it as protocol 2 did: the text alone.
	if (!isFramed)
		return first.at(-1) === 0 ? {code: undefined, words: first.subarray(1, -1).toString('utf8')} : undefined;
	const fields = first.subarray(headerBytes).toString('utf8').split('\0');
	const field = (letter: string): string | undefined => fields.find((text) => text.startsWith(letter))?.slice(1);
	const words = field('M');
	return words === undefined ? undefined : {code: field('C'), words};
};
