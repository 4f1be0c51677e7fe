import {printable} from '../base/printable.ts';

/** A part of a paper: facts with their names, lines as they are, or both. */
export type Section = {
	readonly title: string;
	readonly facts?: readonly (readonly [name: string, value: string])[];
	readonly lines?: readonly string[];
};

/** A report for people who keep it: of one content, as text and as a page to print. Holds no secret. */
export type Paper = {
	readonly title: string;
	/** What must be seen on every page of it, such as that it is of a rehearsal. */
	readonly across?: string | undefined;
	readonly sections: readonly Section[];
};

const shown = ({sections}: Paper): readonly Section[] =>
	sections.filter(({facts = [], lines = []}) => facts.length + lines.length > 0);

const factLines = (facts: NonNullable<Section['facts']>): readonly string[] => {
	const width = Math.max(...facts.map(([name]) => name.length));
	return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
};

/** A paper as lines of text: what goes across it stands at each of its parts. */
export const paperText = (paper: Paper): readonly string[] => {
	const {title, across} = paper;
	const mark = across === undefined ? '' : `   *** ${across} ***`;
	const parts = shown(paper).flatMap((section) => [
		'',
		`${section.title.toUpperCase()}${mark}`,
		...factLines(section.facts ?? []),
		...(section.lines ?? []),
	]);
	return [`${title.toUpperCase()}${mark}`, ...parts, ''].map(printable);
};

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Text as HTML shows it: nothing in it is markup. */
const escaped = (text: string): string => printable(text).replaceAll(/[&<>"']/gu, (one) => entities[one] ?? '');

const style = `
body { font: 10pt/1.4 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #111; background: #fff }
h1 { font-size: 16pt } h2 { font-size: 12pt; border-bottom: 1px solid #999; break-after: avoid }
table { border-collapse: collapse } td { padding: .1em 1.5em .1em 0; vertical-align: top; overflow-wrap: anywhere } td:first-child { white-space: nowrap }
pre { font: 9pt/1.4 monospace; white-space: pre-wrap; overflow-wrap: anywhere }
.across { position: fixed; top: 40%; left: 0; right: 0; text-align: center; font-size: 72pt; font-weight: bold; color: #c00; opacity: .18; transform: rotate(-30deg); pointer-events: none }
@page { margin: 18mm } @media print { body { margin: 0; max-width: none } }
`;

const sectionHtml = ({title, facts = [], lines = []}: Section): string => {
	const rows = facts.map(([name, value]) => `<tr><td>${escaped(name)}</td><td>${escaped(value)}</td></tr>`);
	return [
		`<h2>${escaped(title)}</h2>`,
		...(rows.length > 0 ? [`<table>${rows.join('\n')}</table>`] : []),
		...(lines.length > 0 ? [`<pre>${lines.map(escaped).join('\n')}</pre>`] : []),
	].join('\n');
};

/** A paper as one HTML page to print: no script, nothing fetched, every word escaped; what goes across it is printed over each page. */
export const paperHtml = (paper: Paper): string => {
	const {title, across} = paper;
	const heading = `${escaped(title)}${across === undefined ? '' : ` (${escaped(across)})`}`;
	const mark = across === undefined ? '' : `<div class="across">${escaped(across)}</div>`;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${heading}</title>
<style>${style}</style>
</head>
<body>
${mark}
<h1>${heading}</h1>
${shown(paper).map(sectionHtml).join('\n')}
</body>
</html>
`;
};
