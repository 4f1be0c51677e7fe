// Turns a captured terminal pane (text with SGR sequences, as `tmux capture-pane -e -p` writes it) into an SVG picture.

/** Colours 0 to 15 as most terminals draw them; background and foreground of the picture. */
const palette = [
	'#1d1f21',
	'#e06c75',
	'#98c379',
	'#e5c07b',
	'#61afef',
	'#c678dd',
	'#56b6c2',
	'#c5c8c6',
	'#5c6370',
	'#ff7b86',
	'#b5e890',
	'#ffd68a',
	'#82c4ff',
	'#e09bf0',
	'#7fdbe6',
	'#ffffff',
];
const ground = '#16181a';
const ink = '#d5d8d6';
const [cellWidth, cellHeight, fontSize, margin] = [8.4, 18, 14, 12];

/** One of the 256 colours of xterm: 16 named ones, a cube of 6x6x6, 24 greys. */
const indexed = (index) => {
	if (index < 16) return palette[index];
	if (index >= 232)
		return `rgb(${Array(3)
			.fill(8 + (index - 232) * 10)
			.join(',')})`;
	const level = (part) => (part === 0 ? 0 : 55 + part * 40);
	const rest = index - 16;
	return `rgb(${level(Math.floor(rest / 36))},${level(Math.floor(rest / 6) % 6)},${level(rest % 6)})`;
};

/** Applies one SGR sequence (ECMA-48, 8.3.117) to a style. */
const styled = (before, parameters) => {
	let style = {...before};
	const codes = parameters.split(/[;:]/u).map(Number);
	for (let at = 0; at < codes.length; at += 1) {
		const code = codes[at];
		if (code === 0) style = {};
		else if (code === 1) style.bold = true;
		else if (code === 2) style.dim = true;
		else if (code === 3) style.italic = true;
		else if (code === 4) style.underline = true;
		else if (code === 7) style.inverse = true;
		else if (code === 22) style = {...style, bold: false, dim: false};
		else if (code === 23) style.italic = false;
		else if (code === 24) style.underline = false;
		else if (code === 27) style.inverse = false;
		else if (code === 39) style.front = undefined;
		else if (code === 49) style.back = undefined;
		else if (code >= 30 && code <= 37) style.front = palette[code - 30];
		else if (code >= 90 && code <= 97) style.front = palette[code - 82];
		else if (code >= 40 && code <= 47) style.back = palette[code - 40];
		else if (code >= 100 && code <= 107) style.back = palette[code - 92];
		else if (code === 38 || code === 48) {
			const colour = codes[at + 1] === 5 ? indexed(codes[at + 2]) : `rgb(${codes.slice(at + 2, at + 5).join(',')})`;
			at += codes[at + 1] === 5 ? 2 : 4;
			if (code === 38) style.front = colour;
			else style.back = colour;
		}
	}
	return style;
};

/** The runs of one line: text of one style, with the cell it starts at. */
const runsOf = (line, start) => {
	let style = start;
	let column = 0;
	const runs = [];
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
	for (const [, sequence, text] of line.matchAll(/\u001B\[([\d;:]*)m|([^\u001B]+)/gu)) {
		if (text === undefined) {
			style = styled(style, sequence);
			continue;
		}
		const length = [...text].length;
		runs.push({text, column, length, style});
		column += length;
	}
	return {runs, style};
};

const escaped = (text) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/**
 * The picture of a pane. Every run is stretched to its cells, so that columns stay straight in any font.
 * @param {string} capture lines with SGR sequences
 * @param {{columns: number, rows: number, title: string}} options size in cells; the title is read to those who cannot see
 */
export const toSvg = (capture, {columns, rows, title}) => {
	const lines = capture.replace(/\n$/u, '').split('\n').slice(0, rows);
	const [width, height] = [columns * cellWidth + 2 * margin, rows * cellHeight + 2 * margin];
	const out = [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
		`<title>${escaped(title)}</title>`,
		`<rect width="${width}" height="${height}" rx="8" fill="${ground}"/>`,
		`<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}" fill="${ink}" xml:space="preserve">`,
	];
	let style = {};
	for (const [row, line] of lines.entries()) {
		const read = runsOf(line, style);
		style = read.style;
		for (const {text, column, length, style: look} of read.runs) {
			const x = (margin + column * cellWidth).toFixed(1);
			const top = margin + row * cellHeight;
			const [front, back] = look.inverse ? [look.back ?? ground, look.front ?? ink] : [look.front, look.back];
			const size = (length * cellWidth).toFixed(1);
			if (back) out.push(`<rect x="${x}" y="${top}" width="${size}" height="${cellHeight}" fill="${back}"/>`);
			if (text.trim() === '') continue;
			const attributes = [
				`x="${x}" y="${top + 13.5}" textLength="${size}" lengthAdjust="spacingAndGlyphs"`,
				...(front ? [`fill="${front}"`] : []),
				...(look.bold ? ['font-weight="bold"'] : []),
				...(look.dim ? ['opacity="0.6"'] : []),
				...(look.italic ? ['font-style="italic"'] : []),
				...(look.underline ? ['text-decoration="underline"'] : []),
			];
			out.push(`<text ${attributes.join(' ')}>${escaped(text)}</text>`);
		}
	}
	return `${[...out, '</g>', '</svg>'].join('\n')}\n`;
};
