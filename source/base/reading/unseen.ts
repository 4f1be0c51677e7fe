const names: Readonly<Record<number, string>> = {
	9: 'tab',
	10: 'line break',
	13: 'carriage return',
	160: 'no-break space',
	173: 'soft hyphen',
	8203: 'zero-width space',
	8204: 'zero-width non-joiner',
	8205: 'zero-width joiner',
	8209: 'no-break hyphen',
	8211: 'en dash',
	8212: 'em dash',
	8216: 'curly quote',
	8217: 'curly quote',
	8218: 'curly quote',
	8220: 'curly quote',
	8221: 'curly quote',
	8222: 'curly quote',
	8239: 'narrow no-break space',
	8288: 'word joiner',
	8722: 'minus sign',
	12288: 'ideographic space',
	65279: 'byte order mark',
	65533: 'replacement character',
};

/** What a reader does not see, or takes for another character: word processors and chats put these in. */
const unseen =
	/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2011-\u2014\u2018-\u201e\u2212\ufffd]/gu;

const nameOf = (character: string): string => {
	const code = character.codePointAt(0) ?? 0;
	const kind = /\p{Cc}/u.test(character) ? 'control character' : 'invisible character';
	return `${names[code] ?? kind} U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
};

const withArticle = (name: string): string => `${/^[aeiou]/iu.test(name) ? 'an' : 'a'} ${name}`;

/** The characters of a text that nobody sees, by name, each once: `a no-break space U+00A0`. */
export const unseenIn = (text: string): readonly string[] =>
	[...new Set(text.match(unseen) ?? [])].map((character) => withArticle(nameOf(character)));

/** The text with each of them written as its name: `zenml<no-break space U+00A0>corp`. */
export const withNames = (text: string): string => text.replaceAll(unseen, (character) => `<${nameOf(character)}>`);
