/** A word that can only be the name of a kind: messages hold spaces, signs or too much. */
const isName = (word: unknown): word is string =>
	typeof word === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,59}$/u.test(word);

/** Any property of a foreign error may be a trap, or hold more than its name. */
const wordAt = (error: object, name: string): string | undefined => {
	try {
		const word: unknown = Reflect.get(error, name);
		return isName(word) ? word : undefined;
	} catch {
		return undefined;
	}
};

const constructorOf = (error: object): string | undefined => {
	try {
		return wordAt((error as {readonly constructor: object}).constructor, 'name');
	} catch {
		return undefined;
	}
};

/**
 * What kind of error it is: `TypeError`, `Error (ERR_SOCKET_CLOSED)`. Nothing else of an error that nobody expected is told: its
 * message and its stack may hold whatever was at hand, secrets too.
 */
export const kindOf = (error: unknown): string => {
	if (error === null || (typeof error !== 'object' && typeof error !== 'function')) return `a thrown ${typeof error}`;
	const name = constructorOf(error) ?? 'an error without a name';
	const code = wordAt(error, 'code');
	return code === undefined ? name : `${name} (${code})`;
};

/** Where in the program it came up: names of functions and files only. */
export const framesOf = (error: unknown): readonly string[] => {
	try {
		const {stack} = error as {readonly stack?: unknown};
		const frame = /^ +at (?:[\w.$<>[\] ]{1,80} \()?(?:file:\/\/|node:)?[\w./@+-]{1,300}:\d+:\d+\)?$/u;
		return (typeof stack === 'string' ? stack : '')
			.split('\n')
			.filter((line) => frame.test(line))
			.slice(0, 8)
			.map((line) => line.trim());
	} catch {
		return [];
	}
};
