import {expect, test} from 'vitest';
import {
	asksBackground,
	drawsScreens,
	isAscii,
	lightness,
	signalsOf,
	unknownWords,
	wantsColor,
} from '../../source/app/base/terminal.ts';

const utf8 = {LANG: 'en_US.UTF-8'};

test.each([
	[{TERM: 'xterm-256color'}, true],
	[{TERM: 'linux'}, true],
	[{TERM: 'foot'}, true],
	[{}, false],
	[{TERM: ''}, false],
	[{TERM: 'dumb'}, false],
	[{TERM: 'unknown'}, false],
	[{TERM: 'xterm', NO_COLOR: '1'}, true],
	[{TERM: 'xterm', INK_SCREEN_READER: 'true'}, false],
])('of a terminal with %j it is known whether it can be drawn on: %s', (environment, draws) => {
	expect(drawsScreens(environment)).toBe(draws);
});

test.each([
	[{}, true],
	[{NO_COLOR: ''}, true],
	[{NO_COLOR: '1'}, false],
	[{NO_COLOR: '1', FORCE_COLOR: '1'}, true],
	[{FORCE_COLOR: '0'}, false],
	[{FORCE_COLOR: 'false'}, false],
	[{FORCE_COLOR: ''}, true],
])('with %j colours are wanted: %s', (environment, color) => {
	expect(wantsColor(environment)).toBe(color);
});

test.each([
	[{COLORFGBG: '0;15'}, true],
	[{COLORFGBG: '0;default;15'}, true],
	[{COLORFGBG: '0;7'}, true],
	[{COLORFGBG: '15;0'}, false],
	[{COLORFGBG: '7;8'}, false],
	[{COLORFGBG: '15;default'}, undefined],
	[{COLORFGBG: ''}, undefined],
	[{}, undefined],
	[{COLORFGBG: '0;15', ZENML_AIRGAP_TERMINAL: 'dark'}, false],
	[{COLORFGBG: '15;0', ZENML_AIRGAP_TERMINAL: 'quiet,light'}, true],
])('a terminal with %j has a light background: %s', (environment, light) => {
	expect(lightness(environment)).toBe(light);
});

test.each([
	[{TERM: 'xterm-256color'}, true],
	[{TERM: 'screen-256color', TMUX: '/tmp/tmux-1000/default,1,0'}, true],
	[{TERM: 'screen'}, false],
	[{TERM: 'xterm', STY: '4711.pts-1'}, false],
	[{TERM: 'linux'}, false],
	[{TERM: 'vt220'}, false],
	[{TERM: 'xterm', NO_COLOR: '1'}, false],
	[{TERM: 'xterm', COLORFGBG: '15;0'}, false],
	[{TERM: 'xterm', ZENML_AIRGAP_TERMINAL: 'light'}, false],
])('a terminal with %j is asked for its background: %s', (environment, asks) => {
	expect(asksBackground(environment)).toBe(asks);
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
	[{...utf8, TERM: 'linux'}, true],
	[{...utf8, TERM: 'vt220'}, true],
	[{...utf8, TERM: 'xterm'}, false],
	[{...utf8, TERM: 'xterm', ZENML_AIRGAP_TERMINAL: 'ascii'}, true],
	[{...utf8, TERM: 'linux', ZENML_AIRGAP_TERMINAL: 'unicode'}, false],
	[{LANG: 'C', TERM: 'xterm', ZENML_AIRGAP_TERMINAL: 'unicode'}, true],
])('with %j marks are ASCII: %s', (environment, ascii) => {
	expect(isAscii(environment)).toBe(ascii);
});

test.each([
	[{TERM: 'xterm'}, {title: 'kept', bell: true, notify: false}],
	[
		{TERM: 'screen', STY: '4711.pts-1'},
		{title: 'set', bell: true, notify: false},
	],
	[
		{TERM: 'screen', TMUX: '/tmp/tmux'},
		{title: 'kept', bell: true, notify: false},
	],
	[{TERM: 'linux'}, {title: 'none', bell: true, notify: false}],
	[{TERM: 'dumb'}, {title: 'none', bell: false, notify: false}],
	[{}, {title: 'none', bell: false, notify: false}],
	[
		{TERM: 'xterm', ZENML_AIRGAP_TERMINAL: 'quiet notify'},
		{title: 'none', bell: false, notify: false},
	],
	[
		{TERM: 'xterm', ZENML_AIRGAP_TERMINAL: 'notify'},
		{title: 'kept', bell: true, notify: true},
	],
])('a terminal with %j hears %j', (environment, signals) => {
	expect(signalsOf(environment)).toEqual(signals);
});

test('a word of the setting that nobody knows is told with those that are known', () => {
	expect(unknownWords({ZENML_AIRGAP_TERMINAL: 'ascii, colour'})).toBe(
		'ZENML_AIRGAP_TERMINAL: colour is not known and does not count; known are ascii, unicode, light, dark, quiet, notify.',
	);
	expect(unknownWords({ZENML_AIRGAP_TERMINAL: 'ascii'})).toBeUndefined();
});
