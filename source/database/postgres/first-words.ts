import {headerBytes} from './protocol.ts';

/** Servers of other kinds, by the first that they say. */
const others: readonly (readonly [RegExp, string])[] = [
	[/^SSH-/u, 'an SSH server'],
	[/^HTTP\//u, 'a web server'],
	[/^<(?:!doctype|html)/iu, 'a web server'],
	[/^220[ -]/u, 'a mail or file server'],
	[/^[-+:$*](?:ERR|OK|PONG|NOAUTH|DENIED)/u, 'a Redis server'],
	// A packet of MySQL: three bytes of length, number 0, then protocol 10 with a version, or an error.
	[/^[\s\S]{3}\0(?:\n[\x20-\x7e]+\0|\xff)/u, 'a MySQL server'],
];

/** What the first bytes of a server tell of its kind; undefined where they tell nothing. */
export const kindOfServer = (first: Buffer): string | undefined => {
	const text = first.subarray(0, 512).toString('latin1');
	return others.find(([sign]) => sign.test(text))?.[1];
};

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
