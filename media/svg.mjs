// Pictures of a terminal pane, and of what happens on it, for a light and a dark ground.
import {cellHeight, cellWidth, drawRows, escaped, fontSize, margin, styleSheet} from './rows.mjs';

const fonts = "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace";

/** The frame around drawn rows. */
const pictureOf = (drawn, {columns, rows, title}, style = '') => {
	const [width, height] = [columns * cellWidth + 2 * margin, rows * cellHeight + 2 * margin];
	const frame = `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" class="g e"/>`;
	const lines = [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
		`<title>${escaped(title)}</title>`,
		`<style>${styleSheet([frame, ...drawn, 'class="i"'].join(''))}${style}</style>`,
		frame,
		`<g font-family="${fonts}" font-size="${fontSize}" class="i">`,
		...drawn,
		'</g>',
		'</svg>',
	];
	return `${lines.join('\n')}\n`;
};

const rowAt = (row, drawn, attributes = '') =>
	`<g transform="translate(0,${margin + row * cellHeight})"${attributes}>${drawn}</g>`;

/**
 * The picture of a pane.
 * @param {string} capture lines with SGR sequences
 * @param {{columns: number, rows: number, title: string}} options size in cells; the title is read to those who cannot see
 */
export const toSvg = (capture, options) => {
	const drawn = drawRows(capture, options.rows).flatMap((row, index) => (row === '' ? [] : [rowAt(index, row)]));
	return pictureOf(drawn, options);
};

/** Every different content of one row, with the times in which it is seen, in seconds; neighbouring times are one. */
const spansOf = (frames, row) => {
	const spans = new Map();
	for (const {drawn, from, to} of frames) {
		const content = drawn[row];
		if (content === '') continue;
		const known = spans.get(content) ?? [];
		const last = known.at(-1);
		if (last?.to === from) last.to = to;
		else known.push({from, to});
		spans.set(content, known);
	}
	return spans;
};

/** Steps of an animation that shows something in these spans alone. */
const stepsOf = (spans, total) => {
	const percent = (seconds) => `${Number(((100 * seconds) / total).toFixed(3))}%`;
	const begin = spans[0].from === 0 ? '' : '0%{visibility:hidden}';
	const steps = spans.map(({from, to}) => {
		const end = to === total ? '' : `${percent(to)}{visibility:hidden}`;
		return `${percent(from)}{visibility:visible}${end}`;
	});
	return begin + steps.join('');
};

/**
 * A moving picture: each content of a row is drawn once and shown while it was there. It begins again at its end. Who prefers less
 * motion, and a viewer that moves nothing, has the last frame.
 * @param {{capture: string, seconds: number}[]} frames in order, with how long each is seen
 * @param {{columns: number, rows: number, title: string}} options
 */
export const toMovingSvg = (frames, options) => {
	let total = 0;
	const timed = frames.map(({capture, seconds}) => {
		const from = total;
		total += seconds;
		return {drawn: drawRows(capture, options.rows), from, to: total};
	});
	const names = new Map();
	const drawn = Array.from({length: options.rows}, (_, row) =>
		[...spansOf(timed, row)].map(([content, spans]) => {
			const steps = stepsOf(spans, total);
			const name = names.get(steps) ?? `a${names.size}`;
			names.set(steps, name);
			return rowAt(row, content, ` class="${spans.at(-1).to === total ? `m ${name}` : `m h ${name}`}"`);
		}),
	).flat();
	const moves = [...names].map(([steps, name]) => `@keyframes ${name}{${steps}}.${name}{animation-name:${name}}`);
	const still = '@media (prefers-reduced-motion:reduce){.m{animation:none}}';
	const all = `.m{animation:${Number(total.toFixed(2))}s step-end infinite}.h{visibility:hidden}`;
	return pictureOf(drawn, options, `\n${[all, ...moves, still].join('\n')}`);
};
