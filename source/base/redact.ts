/** Stands in every output where a secret stood. */
export const mask = '[secret]';

/** Shorter values are not secrets that can be told from ordinary text; they are masked only where they stand alone. */
const shortest = 4;

export type Redactor = {
	/** From now on the value appears in no output, in any of its encodings. */
	readonly register: (secret: string) => void;
	readonly redact: (text: string) => string;
	/** The same for every text inside a value, but for words of this program's own; the value itself is not changed. */
	readonly redactDeep: <T>(value: T) => T;
};

/**
 * Base64 of a secret inside a longer text depends on where it starts; these are the parts that do not depend on
 * its neighbours, for each of the three alignments (RFC 4648 section 4).
 */
const base64Forms = (secret: string): readonly string[] => {
	const bytes = Buffer.from(secret, 'utf8');
	return [0, 1, 2].flatMap((offset) => {
		const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
			.toString('base64')
			.replace(/=+$/u, '');
		const tail = (offset + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
		const inner = encoded.slice(offset === 0 ? 0 : offset + 1, tail);
		return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
	});
};

const escapePattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);

/** `%2F` or `%2f`, `\u00e9` or `\u00E9`: hex digits come in both cases. */
const hexPattern = (hex: string): string =>
	hex.replaceAll(/[a-f]/giu, (digit) => `[${digit.toLowerCase()}${digit.toUpperCase()}]`);

/** Spellings that are no rule but a habit: `+` for a space in forms, `''` in SQL, entities in HTML. */
const habits: Readonly<Record<string, readonly string[]>> = {
	' ': ['+'],
	"'": ["''", '&#39;', '&#x27;'],
	'"': ['&quot;', '&#34;'],
	'&': ['&amp;'],
	'<': ['&lt;'],
	'>': ['&gt;'],
};

/**
 * One character in every spelling: raw, JSON (RFC 8259 section 7; Go escapes `<>&` too), percent (RFC 3986 section 2.1).
 * Who encodes a whole text chooses for each character whether to escape it, so the choice must be open for each.
 */
const spelled = (character: string): string => {
	if (/[A-Za-z0-9]/u.test(character)) return character;
	const percent = [...Buffer.from(character, 'utf8')].map(
		(byte) => `%${hexPattern(byte.toString(16).padStart(2, '0'))}`,
	);
	const units = Array.from(
		{length: character.length},
		(_unit, index) => String.raw`\\u${hexPattern(character.charCodeAt(index).toString(16).padStart(4, '0'))}`,
	);
	const json = JSON.stringify(character).slice(1, -1);
	const plain = [...(habits[character] ?? []), ...(json === character ? [] : [json]), character];
	return `(?:${[...plain.map(escapePattern), percent.join(''), units.join('')].join('|')})`;
};

/** A secret as a pattern, with its length, by which longer ones go first. */
type Form = readonly [pattern: string, length: number];

const formsOf = (secret: string): readonly Form[] => {
	const once = base64Forms(secret);
	// A Kubernetes Secret of type dockerconfigjson has the login in base64 within base64.
	const twice = secret.length < 8 ? [] : once.flatMap(base64Forms);
	const hex = Buffer.from(secret, 'utf8').toString('hex');
	return [
		[[...secret].map(spelled).join(''), secret.length],
		...[hex, hex.toUpperCase(), ...once, ...twice]
			.filter((form) => form.length >= shortest)
			.map((form): Form => [escapePattern(form), form.length]),
	];
};

/** Short values are everywhere as parts of other words. */
const standingAlone = (secret: string): readonly Form[] => [
	[String.raw`(?<![\w])${escapePattern(secret)}(?![\w])`, secret.length],
];

/**
 * The texts by which a secret is known. Logs are written line by line, so a key of several lines must be known by each of
 * them; its short lines, such as the bracket of a JSON file, tell nothing and are everywhere.
 */
const partsOf = (secret: string): ReadonlySet<string> => {
	const lines = secret.split(/\r?\n/u).filter((line) => line.trim().length >= 8 && !line.startsWith('-----'));
	return new Set(secret.length > 200 && lines.length > 0 ? lines : [secret, ...lines]);
};

/** Keys whose values are words of this program, on which listeners depend; a secret that equals one must not change them. */
const vocabulary: ReadonlySet<string> = new Set(
	'type step id mode phase kind level unit state decision choices outcome action area who code fingerprint runId'.split(
		' ',
	),
);

/** Makes the one redactor of a run. Every writer passes its text through it. */
export const createRedactor = (): Redactor => {
	const forms = new Map<string, number>();
	let pattern: RegExp | undefined;
	const redact = (text: string): string => {
		if (forms.size === 0) return text;
		pattern ??= new RegExp(
			[...forms]
				.sort(([, a], [, b]) => b - a)
				.map(([form]) => form)
				.join('|'),
			'gu',
		);
		return text.replaceAll(pattern, mask);
	};
	const deep = (value: unknown): unknown => {
		if (typeof value === 'string') return redact(value);
		if (Array.isArray(value)) return value.map(deep);
		if (value !== null && typeof value === 'object') {
			return Object.fromEntries(
				Object.entries(value).map(([key, inner]) => (vocabulary.has(key) ? [key, inner] : [redact(key), deep(inner)])),
			);
		}
		return value;
	};
	return {
		register: (secret) => {
			if (secret.length === 0) return;
			for (const part of partsOf(secret)) {
				const found = part.length < shortest ? standingAlone(part) : formsOf(part);
				for (const [form, length] of found) forms.set(form, length);
			}
			pattern = undefined;
		},
		redact,
		redactDeep: <T>(value: T): T => deep(value) as T,
	};
};
