/** One challenge of a `WWW-Authenticate` header (RFC 9110 section 11.6.1). Keys and the scheme are lower case. */
export type Challenge = {readonly scheme: string; readonly parameters: Readonly<Record<string, string>>};

/** Longer than any header of a registry. */
const mostRead = 8192;

/** A word, and where it is a parameter its value, quoted or bare. */
const pattern = /([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?[\s,]*/gu;

/** Takes a `WWW-Authenticate` header apart: several challenges, quoted and bare values. */
export const parseChallenges = (header: string): readonly Challenge[] => {
	const challenges: {scheme: string; parameters: Record<string, string>}[] = [];
	for (const [, word = '', quoted, bare] of header.slice(0, mostRead).matchAll(pattern)) {
		const value = quoted === undefined ? bare : quoted.replace(/\\(.)/gu, '$1');
		const current = challenges.at(-1);
		if (value === undefined) challenges.push({scheme: word.toLowerCase(), parameters: {}});
		else if (current) current.parameters[word.toLowerCase()] = value;
	}
	return challenges;
};

/** The challenges of an answer. */
export const challengesOf = (
	headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): readonly Challenge[] => parseChallenges([headers['www-authenticate'] ?? []].flat().join(', '));
