import {lexer, type Token, type Tokens} from 'marked';
import {brokenTo} from './break.ts';
import {cells} from './cells.ts';
import {shownAs, spansOf} from './inline.ts';
import {type DocsRow, indented, type Layout, textOf} from './row.ts';
import {tableRows} from './table.ts';

/** Cells that code and what stands in lists begin further in. */
const indent = 2;

/** A line below a title, as wide as the title: the first two ranks are told apart without colour. */
const lines = [
	['═', '='],
	['─', '-'],
] as const;

const headingRows = ({depth, tokens}: Tokens.Heading, layout: Layout): readonly DocsRow[] => {
	const rows = brokenTo(
		spansOf(tokens, layout).map(({text}) => ({text, role: 'title' as const, bold: true})),
		layout.width,
	);
	const line = lines[depth - 1]?.[layout.ascii ? 1 : 0];
	if (line === undefined) return rows;
	const width = Math.max(...rows.map((row) => cells(textOf(row))));
	return [...rows, [{text: line.repeat(width), role: 'dim'}]];
};

/** Where a comment begins in a line of a shell or of YAML: at a `#` that begins a word, outside of quotes; else its end. */
const commentAt = (line: string): number => {
	let quote = '';
	for (let at = 0; at < line.length; at += 1) {
		const letter = line.charAt(at);
		if (quote === '' && letter === '#' && /^$|\s/u.test(line.charAt(at - 1))) return at;
		if (quote === '' && (letter === '"' || letter === "'")) quote = letter;
		else if (letter === quote) quote = '';
	}
	return line.length;
};

/** A line of code that is wider than `width`. Each row of a comment is one: what is copied off a terminal is run row by row. */
const brokenCode = (line: string, width: number): readonly DocsRow[] => {
	const role = 'key' as const;
	const margin = /^ */u.exec(line)?.[0].length ?? 0;
	const at = commentAt(line);
	const code = line.slice(margin, at).trimEnd();
	const comment = line.slice(at + 1).trim();
	const fits = margin + cells(code) <= width;
	const rows = fits ? [[{text: code, role}]] : brokenTo([{text: code, role}], width - margin - indent);
	const by = code === '' ? margin : margin + indent;
	return [
		...(code === '' ? [] : rows.map((row, index) => indented(row, index === 0 ? margin : margin + indent))),
		...(comment === '' ? [] : brokenTo([{text: comment, role}], width - by - 2)).map((row) =>
			indented([{text: '# ', role}, ...row], by),
		),
	];
};

const codeRows = ({text}: Tokens.Code, layout: Layout): readonly DocsRow[] =>
	shownAs(text, layout)
		.replaceAll('\t', '    ')
		.split('\n')
		.flatMap((line) => {
			const whole = [{text: line, role: 'key' as const}];
			const inner = layout.width - indent;
			if (layout.wholeCode || cells(line) <= inner) return [indented(whole, indent)];
			return brokenCode(line, inner).map((row) => indented(row, indent));
		});

const itemRows = (item: Tokens.ListItem, mark: string, layout: Layout): readonly DocsRow[] => {
	const by = mark.length + 1;
	const tokens = item.tokens.filter(({type}) => type !== 'checkbox');
	const rows = blockRows(tokens, {...layout, width: layout.width - by}, item.loose);
	return rows.map((row, index) => (index === 0 ? [{text: `${mark} `, role: 'key'}, ...row] : indented(row, by)));
};

/** A thing to be done has a box to tick. */
const markOf = ({task, checked}: Tokens.ListItem): string => {
	if (!task) return '-';
	return checked ? '[x]' : '[ ]';
};

const listRows = ({items, ordered, start, loose}: Tokens.List, layout: Layout): readonly DocsRow[] => {
	const last = Number(start) + items.length - 1;
	return items.flatMap((item, index) => {
		const mark = ordered ? `${Number(start) + index}.`.padEnd(`${last}.`.length) : markOf(item);
		return [...(loose && index > 0 ? [[]] : []), ...itemRows(item, mark, layout)];
	});
};

const rowsOf = (token: Token, layout: Layout): readonly DocsRow[] => {
	switch (token.type) {
		case 'heading':
			return headingRows(token as Tokens.Heading, layout);
		case 'code':
			return codeRows(token as Tokens.Code, layout);
		case 'list':
			return listRows(token as Tokens.List, layout);
		case 'table':
			return tableRows(token as Tokens.Table, layout);
		case 'blockquote':
			return blockRows((token as Tokens.Blockquote).tokens, {...layout, width: layout.width - indent}).map((row) =>
				indented(row, indent),
			);
		case 'hr':
			return [[{text: (layout.ascii ? '-' : '─').repeat(layout.width), role: 'dim'}]];
		// Marks of the parts that scripts write; no page has other HTML between its paragraphs.
		case 'html':
		case 'space':
			return [];
		default:
			return brokenTo(spansOf('tokens' in token && token.tokens ? token.tokens : [token], layout), layout.width);
	}
};

/** Blocks one below the other, mostly with an empty row between them. */
const blockRows = (tokens: readonly Token[], layout: Layout, isLoose = true): readonly DocsRow[] =>
	tokens
		.map((token) => rowsOf(token, layout))
		.filter((rows) => rows.length > 0)
		.flatMap((rows, index) => (index > 0 && isLoose ? [[], ...rows] : rows));

/** A page in Markdown as rows of a terminal. Code that is to be copied, and is left whole, may be wider than the layout. */
export const pageRows = (markdown: string, layout: Layout): readonly DocsRow[] => blockRows(lexer(markdown), layout);

/** A page in Markdown as plain text, with an end of line behind each row. */
export const pageText = (markdown: string, layout: Layout): string =>
	pageRows(markdown, layout)
		.map((row) => `${textOf(row).trimEnd()}\n`)
		.join('');
