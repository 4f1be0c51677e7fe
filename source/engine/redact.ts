/** Stands in every output where a secret stood. */
export const mask = '[secret]';

/** Shorter values are not secrets that can be told from ordinary text; they are masked only where they stand alone. */
const shortest = 4;

export type Redactor = {
	/** From now on the value appears in no output, in any of its encodings. */
	readonly register: (secret: string) => void;
	readonly redact: (text: string) => string;
	/** The same for every string inside a value; the value itself is not changed. */
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

const encodings = (secret: string): readonly string[] => [
	secret,
	JSON.stringify(secret).slice(1, -1),
	encodeURIComponent(secret),
	encodeURI(secret),
	new URLSearchParams({s: secret}).toString().slice(2),
	Buffer.from(secret, 'utf8').toString('hex'),
	...base64Forms(secret),
];

const escapePattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);

/** Makes the one redactor of a run. Every writer passes its text through it. */
export const createRedactor = (): Redactor => {
	const forms = new Set<string>();
	let pattern: RegExp | undefined;
	const redact = (text: string): string => {
		if (forms.size === 0) return text;
		pattern ??= new RegExp([...forms].sort((a, b) => b.length - a.length).join('|'), 'gu');
		return text.replaceAll(pattern, mask);
	};
	const deep = (value: unknown): unknown => {
		if (typeof value === 'string') return redact(value);
		if (Array.isArray(value)) return value.map(deep);
		if (value !== null && typeof value === 'object') {
			return Object.fromEntries(Object.entries(value).map(([key, inner]) => [redact(key), deep(inner)]));
		}
		return value;
	};
	return {
		register: (secret) => {
			for (const line of secret.length > 200 ? secret.split('\n') : [secret]) {
				if (line.length === 0 || line.startsWith('-----')) continue;
				const whole =
					line.length < shortest
						? [String.raw`(?<![\w])${escapePattern(line)}(?![\w])`]
						: encodings(line)
								.filter((form) => form.length >= shortest)
								.map(escapePattern);
				for (const form of whole) forms.add(form);
			}
			pattern = undefined;
		},
		redact,
		redactDeep: <T>(value: T): T => deep(value) as T,
	};
};
