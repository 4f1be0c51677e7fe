/** From where to where in a text. */
export type Range = readonly [from: number, to: number];

/** Longer logins are not looked for; no URL of a server has one. */
const longest = 1024;

/** What ends the part of a URL that holds login and host (RFC 3986 section 3.2), or the URL in its text. */
const isEnd = (character: string): boolean => /[\s/?#"'`<>\\]/u.test(character);

const authorityEnd = (text: string, from: number): number => {
	const most = Math.min(text.length, from + longest);
	let end = from;
	while (end < most && !isEnd(text.charAt(end))) end += 1;
	return end;
};

/** Passwords within URLs, which nobody may have registered: `https://user:password@host`. */
export const passwordsInUrls = (text: string): readonly Range[] => {
	const found: Range[] = [];
	for (let at = text.indexOf('://'); at >= 0; ) {
		const from = at + 3;
		const end = authorityEnd(text, from);
		const authority = text.slice(from, end);
		const [colon, sign] = [authority.indexOf(':'), authority.lastIndexOf('@')];
		if (colon >= 0 && sign > colon + 1) found.push([from + colon + 1, from + sign]);
		at = text.indexOf('://', Math.max(end, from));
	}
	return found;
};
