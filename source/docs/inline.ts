import path from 'node:path';
import type {Token, Tokens} from 'marked';
import {keptBlank} from './break.ts';
import {cells} from './cells.ts';
import type {Layout, Span} from './row.ts';

const entities: Readonly<Record<string, string>> = {lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'"};

const plain: Readonly<Record<string, string>> = {
	'≤': '<=',
	'≥': '>=',
	'…': '...',
	'½': '1/2',
	'→': '->',
	'–': '-',
	'—': '-',
	'×': 'x',
	'“': '"',
	'”': '"',
	'’': "'",
};

/** Text of a page for this terminal: what it cannot show is said otherwise. */
export const shownAs = (text: string, {ascii}: Pick<Layout, 'ascii'>): string =>
	ascii ? text.replaceAll(/[^\0-\u007F\u00A0]/gu, (one) => plain[one] ?? '?') : text;

const textOf = (text: string, layout: Layout): string =>
	shownAs(
		text.replaceAll(/&(lt|gt|amp|quot|#39);/gu, (_, name: string) => entities[name] ?? '').replaceAll('\n', ' '),
		layout,
	);

/** A command of so few cells is not broken. */
const mostKept = 28;

const codeOf = (text: string, layout: Layout): Span => {
	const shown = shownAs(text, layout);
	return {text: cells(shown) <= mostKept ? shown.replaceAll(' ', keptBlank) : shown, role: 'key'};
};

/** Where a link leads, in words; undefined where its own words say it. */
const targetOf = ({href, text}: Tokens.Link, layout: Layout): string | undefined => {
	if (/^[a-z]+:/u.test(href)) return text === href ? undefined : href;
	const [file = ''] = href.split('#');
	const topic = layout.topicOf(file);
	const said = text.toLowerCase().replace(/\.md$/u, '');
	if (topic === undefined)
		return file === '' || path.posix.basename(file) === text ? undefined : path.posix.basename(file);
	return said === topic ? undefined : `docs ${topic}`;
};

const linkOf = (token: Tokens.Link, layout: Layout): readonly Span[] => {
	const topic = layout.topicOf(token.href.split('#')[0] ?? '');
	if (topic !== undefined && token.text.endsWith('.md')) return [{text: `docs${keptBlank}${topic}`, role: 'key'}];
	const target = targetOf(token, layout);
	const said = spansOf(token.tokens, layout);
	return target === undefined ? said : [...said, {text: ` (${target.replaceAll(' ', keptBlank)})`, role: 'dim'}];
};

const bold = (spans: readonly Span[]): readonly Span[] => spans.map((span) => ({...span, bold: true}));

const spanOf = (token: Token, layout: Layout): readonly Span[] => {
	switch (token.type) {
		case 'codespan':
			return [codeOf((token as Tokens.Codespan).text, layout)];
		case 'strong':
			return bold(spansOf((token as Tokens.Strong).tokens, layout));
		case 'link':
			return linkOf(token as Tokens.Link, layout);
		case 'image':
			return [{text: `[picture: ${textOf((token as Tokens.Image).text, layout)}]`, role: 'dim'}];
		case 'br':
			return [{text: '\n'}];
		// It stands as the mark of its item.
		case 'checkbox':
			return [];
		case 'html':
			return /^<br/u.test(token.raw) ? [{text: '\n'}] : [];
		default:
			return 'tokens' in token && token.tokens
				? spansOf(token.tokens, layout)
				: [{text: textOf('text' in token ? String(token.text) : token.raw, layout)}];
	}
};

/** The words of a paragraph, a heading or a cell; `\n` in them ends a row. */
export const spansOf = (tokens: readonly Token[], layout: Layout): readonly Span[] =>
	tokens.flatMap((token) => spanOf(token, layout));
