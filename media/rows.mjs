// Reads a captured terminal pane (text with SGR sequences, as `tmux capture-pane -e -p` writes it), and draws its rows.

/** Size of a cell, of the letters in it and of the margin around all of them, in pixels. */
export const [cellWidth, cellHeight, fontSize, margin] = [8.4, 18, 14, 12];

/**
 * Ground, ink and the colours 0 to 15 of a terminal, on a light and on a dark ground. The program names colours alone: which ones they
 * are is the terminal's part, and themes for a light ground have a cyan and a yellow that can be read on it, as here.
 */
const themes = {
	light: {
		ground: '#ffffff',
		ink: '#1f2328',
		colours: ['#24292f', '#cf222e', '#116329', '#8a5a00', '#0969da', '#8250df', '#1b7c83', '#57606a'],
		bright: ['#6e7781', '#a40e26', '#1a7f37', '#633c01', '#218bff', '#a475f9', '#3192aa', '#8c959f'],
		edge: '#d0d7de',
	},
	dark: {
		ground: '#16181a',
		ink: '#d5d8d6',
		colours: ['#1d1f21', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#c5c8c6'],
		bright: ['#5c6370', '#ff7b86', '#b5e890', '#ffd68a', '#82c4ff', '#e09bf0', '#7fdbe6', '#ffffff'],
		edge: '#30363d',
	},
};

const ruleOf = (name, colour) => `.${name}{fill:${colour}}`;

/** The classes of one theme; `used` are those that the picture has. */
const classesOf = ({ground, ink, colours, bright, edge}, used) => {
	const fills = [...colours, ...bright].map((colour, index) => [`c${index}`, colour]);
	const needed = [['g', ground], ['i', ink], ...fills].filter(([name]) => used.has(name));
	return [...needed.map(([name, colour]) => ruleOf(name, colour)), `.e{stroke:${edge}}`].join('');
};

/**
 * The style sheet of a picture: light, and dark for whoever prefers that.
 * @param {string} drawn the elements that it is for
 */
export const styleSheet = (drawn) => {
	const used = new Set([...drawn.matchAll(/class="([^"]+)"/gu)].flatMap(([, names]) => names.split(' ')));
	return [
		classesOf(themes.light, used),
		'.b{font-weight:bold}.d{opacity:.7}.s{font-style:italic}.u{text-decoration:underline}',
		`@media (prefers-color-scheme:dark){${classesOf(themes.dark, used)}}`,
	].join('\n');
};

const plain = {
	front: undefined,
	back: undefined,
	inverse: false,
	bold: false,
	dim: false,
	italic: false,
	underline: false,
};

/** What each SGR code does to a style (ECMA-48, 8.3.117). */
const effects = new Map([
	[0, plain],
	[1, {bold: true}],
	[2, {dim: true}],
	[3, {italic: true}],
	[4, {underline: true}],
	[7, {inverse: true}],
	[22, {bold: false, dim: false}],
	[23, {italic: false}],
	[24, {underline: false}],
	[27, {inverse: false}],
	[39, {front: undefined}],
	[49, {back: undefined}],
	...Array.from({length: 8}, (_, colour) => [
		[30 + colour, {front: `c${colour}`}],
		[40 + colour, {back: `c${colour}`}],
		[90 + colour, {front: `c${8 + colour}`}],
		[100 + colour, {back: `c${8 + colour}`}],
	]).flat(),
]);

/** Applies one SGR sequence. @throws Error for what the program does not use: more than 16 colours, blinking */
const styled = (before, parameters) => {
	const after = parameters.split(';').map((code) => {
		const effect = effects.get(Number(code));
		if (effect === undefined) throw new Error(`The pictures know no SGR ${parameters}`);
		return effect;
	});
	return Object.assign({}, before, ...after);
};

/** The runs of one line: text of one style, with the cell it starts at. */
const runsOf = (line, start) => {
	let style = start;
	let column = 0;
	const runs = [];
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
	for (const [, sequence, text] of line.matchAll(/\u001B\[([\d;]*)m|([^\u001B]+)/gu)) {
		if (text === undefined) {
			style = styled(style, sequence);
			continue;
		}
		runs.push({text, column, style});
		column += [...text].length;
	}
	return {runs, style};
};

/** Spaces that an SVG would put together to one, or drop at the beginning. */
const keptSpaces = (text) => text.replaceAll(/^ +| {2,}/gu, (spaces) => '\u00A0'.repeat(spaces.length));

export const escaped = (text) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Pixels without digits that say nothing. */
const px = (value) => String(Number(value.toFixed(1)));

/** A run, stretched to its cells, so that columns stay straight in any font. */
const drawRun = ({text, column, style}) => {
	const {inverse, bold, dim, italic, underline} = style;
	const [front, back] = inverse ? [style.back ?? 'g', style.front ?? 'i'] : [style.front, style.back];
	const shown = underline ? text : text.trimEnd();
	const [x, wide] = [px(margin + column * cellWidth), (cells) => px([...cells].length * cellWidth)];
	const ground = back ? `<rect x="${x}" width="${wide(text)}" height="${cellHeight}" class="${back}"/>` : '';
	if (shown.trim() === '') return ground;
	const looks = [
		[bold, 'b'],
		[dim, 'd'],
		[italic, 's'],
		[underline, 'u'],
	].flatMap(([is, name]) => (is ? [name] : []));
	const names = [...(front ? [front] : []), ...looks].join(' ');
	const stretched = `textLength="${wide(shown)}" lengthAdjust="spacingAndGlyphs"`;
	return `${ground}<text x="${x}" y="13.5" ${stretched}${names && ` class="${names}"`}>${escaped(keptSpaces(shown))}</text>`;
};

/**
 * What each row of a pane draws, at the top of the picture; empty where a row is.
 * @param {string} capture lines with SGR sequences
 * @param {number} rows of the pane
 * @returns {string[]} SVG elements
 */
export const drawRows = (capture, rows) => {
	let style = plain;
	return Array.from({length: rows}, (_, row) => {
		const read = runsOf(capture.split('\n')[row] ?? '', style);
		style = read.style;
		return read.runs.map(drawRun).join('');
	});
};
