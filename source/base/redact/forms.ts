/** Longer values go into no base64 within base64: what this program reads is shorter, and the forms of a long one are many. */
const longestTwice = 4096;

/**
 * Base64 of a secret inside a longer text depends on where it starts; these are the parts that do not depend on
 * its neighbours, for each of the three alignments (RFC 4648 section 4).
 */
export const base64Forms = (secret: string | Buffer): readonly string[] => {
	const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret;
	return [0, 1, 2].map((offset) => {
		const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
			.toString('base64')
			.replace(/=+$/u, '');
		const tail = (offset + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
		return encoded.slice(offset === 0 ? 0 : offset + 1, tail);
	});
};

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** As it stands within a text that is then put into base64: a login in JSON, as Go writes it too, or in a URL. */
const within = (secret: string): ReadonlySet<string> => {
	const json = JSON.stringify(secret).slice(1, -1);
	const go = json.replaceAll(/[<>&]/gu, (sign) => String.raw`\u00${sign.charCodeAt(0).toString(16)}`);
	return new Set([secret, json, go, encodeURIComponent(secret.toWellFormed())]);
};

/** A secret in base64, and in base64 within base64, as a Kubernetes Secret of type dockerconfigjson has a login. */
export const encodedForms = (secret: string): readonly string[] => {
	const once = [...within(secret)].flatMap(base64Forms);
	const inner = secret.length < 8 || secret.length > longestTwice ? [] : base64Forms(secret);
	const twice = inner.flatMap((form) => [...new Set([form, urlSafe(form)])]).flatMap(base64Forms);
	return [...once, ...twice];
};

/** A secret as it stands in a text, but for escapes and case; letters such as ß have a form of their own in capitals. */
export const plainForms = (secret: string): readonly string[] => [
	secret,
	secret.toUpperCase(),
	// As words of somebody else are put on one line.
	secret.replaceAll(/\s+/gu, ' ').trim(),
	Buffer.from(secret, 'utf8').toString('hex'),
];

/**
 * The texts by which a secret is known. Logs are written line by line, so a key of several lines must be known by each of
 * them; its short lines, such as the bracket of a JSON file, tell nothing and are everywhere.
 */
export const partsOf = (secret: string): ReadonlySet<string> => {
	const lines = secret.split(/\r?\n/u).filter((line) => line.trim().length >= 8 && !line.startsWith('-----'));
	return new Set(secret.length > 200 && lines.length > 0 ? lines : [secret, ...lines]);
};
