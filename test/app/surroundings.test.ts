import {expect, test} from 'vitest';
import {drawsScreens, isAscii, isLight} from '../../source/app/base/surroundings.ts';

test.each([
	[{TERM: 'xterm-256color'}, true],
	[{TERM: 'linux'}, true],
	[{TERM: 'foot'}, true],
	[{}, false],
	[{TERM: ''}, false],
	[{TERM: 'dumb'}, false],
	[{TERM: 'unknown'}, false],
	[{TERM: 'xterm', NO_COLOR: ''}, false],
	[{TERM: 'xterm', INK_SCREEN_READER: 'true'}, false],
])('of a terminal with %j it is known whether it can be drawn on: %s', (environment, draws) => {
	expect(drawsScreens(environment)).toBe(draws);
});

test.each([
	['0;15', true],
	['0;default;15', true],
	['0;7', true],
	['15;0', false],
	['7;8', false],
	['15;default', false],
	['', false],
])('a terminal that says COLORFGBG=%s has a light background: %s', (COLORFGBG, light) => {
	expect(isLight({COLORFGBG})).toBe(light);
	expect(isLight({})).toBe(false);
});

test.each([
	[{LANG: 'en_US.UTF-8'}, false],
	[{LANG: 'C.utf8'}, false],
	[{LANG: 'C'}, true],
	[{LANG: 'de_DE@euro'}, true],
	[{}, true],
	[{LANG: 'en_US.UTF-8', LC_ALL: 'C'}, true],
	[{LANG: 'C', LC_CTYPE: 'C.UTF-8'}, false],
	[{LANG: 'en_US.UTF-8', LC_ALL: ''}, false],
])('with the locale %j marks are ASCII: %s', (environment, ascii) => {
	expect(isAscii(environment)).toBe(ascii);
});
