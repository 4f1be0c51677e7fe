import {expect, test} from 'vitest';
import {cells} from '../../source/docs/cells.ts';
import {pageRows, pageText} from '../../source/docs/render.ts';
import {type Layout, textOf} from '../../source/docs/row.ts';
import {docsTexts} from '../../source/docs/texts.ts';

const layout: Layout = {width: 60, ascii: true, wholeCode: true, topicOf: () => undefined};
const texts = await docsTexts();

const shown = (markdown: string, more: Partial<Layout> = {}): string => pageText(markdown, {...layout, ...more});

test.each([40, 58, 78, 118, 198])(
	'in %i columns no row of any page is wider, and in ASCII none has another letter',
	(width) => {
		expect(texts.size).toBeGreaterThan(30);
		for (const [name, text] of texts) {
			const rows = pageRows(text, {...layout, width, wholeCode: false}).map(textOf);
			expect(
				rows.filter((row) => cells(row) > width),
				name,
			).toEqual([]);
			expect(
				rows.filter((row) => /[^ -~]/u.test(row)),
				name,
			).toEqual([]);
			expect(rows.filter((row) => row.includes('?')).length, name).toBeLessThanOrEqual(text.split('?').length);
		}
	},
);

test('no word of a page is lost on the way to the terminal', () => {
	const bare = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]+/gu, '');
	for (const [name, text] of texts) {
		const rows = bare(
			pageRows(text, {...layout, width: 78, wholeCode: false})
				.map(textOf)
				.join(' '),
		);
		for (const [word] of text.replaceAll(/\]\([^)]*\)|<!--.*?-->|<br>|&\w+;|```\w*/gu, ' ').matchAll(/\p{L}{12,}/gu))
			expect(rows.includes(word) || rows.includes(bare(word)), `${word} on ${name}`).toBe(true);
	}
});

test('a page is laid out by its Markdown', () => {
	expect(
		shown(
			[
				'# Title',
				'A **bold** word, `code`, and *more* of it than there is room for in one row of this terminal.',
				'## Part',
				'1. one',
				'2. two, which is so long that it takes another row of this narrow terminal',
				'- [ ] to do',
				'- [x] done',
				'',
				'```sh\nzenml-airgap a-command that is longer than the row, and stays whole so that it can be copied\n```',
				'> quoted',
				'---',
			].join('\n\n'),
		),
	).toMatchInlineSnapshot(`
		"Title
		=====

		A bold word, code, and more of it than there is room for in
		one row of this terminal.

		Part
		----

		1. one

		2. two, which is so long that it takes another row of this
		   narrow terminal

		[ ] to do

		[x] done

		  zenml-airgap a-command that is longer than the row, and stays whole so that it can be copied

		  quoted

		------------------------------------------------------------
		"
	`);
});

test('code that is not to be copied is broken at blanks', () => {
	expect(
		shown('```sh\nzenml-airgap install --answers answers.yaml --non-interactive --json\n```', {wholeCode: false}),
	).toBe('  zenml-airgap install --answers answers.yaml\n    --non-interactive --json\n');
});

test.each([
	[
		'a command',
		'zenml-airgap rehearse --serve    # keeps the world for every other command, until Ctrl-C',
		['zenml-airgap rehearse --serve', '# keeps the world for every other command, until Ctrl-C'],
	],
	[
		'a line of its own',
		'# The first of them keeps the world for every other command, until Ctrl-C is pressed',
		['# The first of them keeps the world for every other', '# command, until Ctrl-C is pressed'],
	],
])('a comment at %s that does not fit is a comment on each of its rows', (_what, line, rows) => {
	const text = shown(`\`\`\`sh\n${line}\n\`\`\``, {wholeCode: false});
	expect(
		text
			.trimEnd()
			.split('\n')
			.map((row) => row.trim()),
	).toEqual(rows);
});

test('a link names the topic that it leads to, or the file, or the address', () => {
	const topicOf = (file: string): string | undefined => (file === 'install.md' ? 'install' : undefined);
	expect(shown('See [install.md](install.md), [the way in](install.md#way), [install](install.md).', {topicOf})).toBe(
		'See docs install, the way in (docs install), install.\n',
	);
	expect(shown('See [this](../SECURITY.md), [here](#part), [x](https://example.com/y).')).toBe(
		'See this (SECURITY.md), here, x (https://example.com/y).\n',
	);
});

test('a table has columns where there is room to read them', () => {
	const table = '| key | does |\n|---|---|\n| `q` | leaves |\n| a \\| b | two<br>rows &lt;here&gt; |';
	expect(shown(table)).toBe(
		['key    does', '------------------', 'q      leaves', '', 'a | b  two', '       rows <here>', ''].join('\n'),
	);
});

test('where there is not, each of its rows is a record with the names of the columns', () => {
	const long = 'a text of many words that nobody could read in a narrow column';
	expect(
		shown(
			`| name | first | second | third |\n|---|---|---|---|\n| one | ${long} | ${long} | |\n| two | ${long} | x | y |`,
			{width: 50},
		),
	).toBe(
		[
			'one',
			'  first   a text of many words that nobody could',
			'          read in a narrow column',
			'  second  a text of many words that nobody could',
			'          read in a narrow column',
			'',
			'two',
			'  first   a text of many words that nobody could',
			'          read in a narrow column',
			'  second  x',
			'  third   y',
			'',
		].join('\n'),
	);
});

test('wide letters count as the cells that they take', () => {
	const rows = pageRows('証明書 '.repeat(30), {...layout, ascii: false, width: 20}).map(textOf);
	expect(rows.every((row) => cells(row) <= 20)).toBe(true);
	expect(rows.length).toBe(10);
});
