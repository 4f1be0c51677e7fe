/** How a MySQL server is called where another one was meant. */
export const mysqlServer = 'a MySQL server';

/** Servers of other kinds, by the first that they say. */
const others: readonly (readonly [RegExp, string])[] = [
	[/^SSH-/u, 'an SSH server'],
	[/^HTTP\//u, 'a web server'],
	[/^<(?:!doctype|html)/iu, 'a web server'],
	[/^220[ -]/u, 'a mail or file server'],
	[/^[-+:$*](?:ERR|OK|PONG|NOAUTH|DENIED)/u, 'a Redis server'],
	// A packet of MySQL: three bytes of length, number 0, then protocol 10 with a version, or an error.
	[/^[\s\S]{3}\0(?:\n[\x20-\x7e]+\0|\xff)/u, mysqlServer],
	// A notice of the X Plugin: four bytes of length, then its number (MySQL documentation, "X Protocol").
	[/^[\s\S]{3}\0\v[\b]/u, 'the X Protocol of a MySQL server, which usually listens on 33060'],
];

/** What the first bytes of a server tell of its kind; undefined where they tell nothing. */
export const kindOfServer = (first: Buffer): string | undefined => {
	const text = first.subarray(0, 512).toString('latin1');
	return others.find(([sign]) => sign.test(text))?.[1];
};
