import {expect, test} from 'vitest';
import {toMovingSvg, toSvg} from '../../media/svg.mjs';

const options = {columns: 20, rows: 2, title: 'A "page" & more'};
const esc = '\u001B';

/** What a class does in a style sheet, in the order of its rules. */
const rulesOf = (picture: string, name: string) =>
	[...picture.matchAll(new RegExp(`\\.${name}\\{([^}]*)\\}`, 'gu'))].map(([, rule]) => rule);

/** The class of the row that has a text. */
const classOf = (picture: string, text: string) =>
	picture
		.split('\n')
		.find((line) => line.includes(`>${text}<`))
		?.match(/^<g [^>]*class="([^"]*)"/u)?.[1];

test('a picture has the colours of a light ground, and others for whoever prefers a dark one', () => {
	const picture = toSvg(`${esc}[36mDone${esc}[0m plain`, options);
	const [light, dark] = rulesOf(picture, 'c6');
	expect(light).toMatch(/^fill:#/u);
	expect(dark).toMatch(/^fill:#/u);
	expect(dark).not.toBe(light);
	expect(picture.indexOf('@media (prefers-color-scheme:dark)')).toBeGreaterThan(picture.indexOf(`.c6{${light}}`));
	expect(picture).toContain('class="c6">Done</text>');
	expect(picture).toContain('<title>A &quot;page&quot; &amp; more</title>');
});

test('spaces between columns and before a line stay, where an SVG would make them one', () => {
	expect(toSvg('  1   two three', options)).toContain('>\u00A0\u00A01\u00A0\u00A0\u00A0two three</text>');
});

test('a sequence that no picture can show is refused instead of left out', () => {
	expect(() => toSvg(`${esc}[5mblink`, options)).toThrow('The pictures know no SGR 5');
	expect(() => toSvg(`${esc}[38;5;200mpink`, options)).toThrow('The pictures know no SGR 38;5;200');
});

test('a recording draws a content once, shows it while it was there, and rests at its last frame', () => {
	const frames = [
		{capture: 'title\none', seconds: 1},
		{capture: 'title\ntwo', seconds: 2},
		{capture: 'title\none', seconds: 1},
	];
	const picture = toMovingSvg(frames, options);
	expect(picture.match(/>one</gu)).toHaveLength(1);
	const [always, one, two] = ['title', 'one', 'two'].map((text) => classOf(picture, text) ?? '');
	expect([always, one, two]).toEqual(['m a0', 'm a1', 'm h a2']);
	expect(picture).toContain('@keyframes a1{0%{visibility:visible}25%{visibility:hidden}75%{visibility:visible}}');
	expect(picture).toContain('@keyframes a2{0%{visibility:hidden}25%{visibility:visible}75%{visibility:hidden}}');
	expect(rulesOf(picture, 'm')).toEqual(['animation:4s step-end infinite', 'animation:none']);
	expect(rulesOf(picture, 'h')).toEqual(['visibility:hidden']);
});
