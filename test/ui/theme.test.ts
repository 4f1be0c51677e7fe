import {expect, test} from 'vitest';
import {style} from '../../source/ui/terminal/theme.ts';

const roles = ['plain', 'title', 'dim', 'ok', 'bad', 'warn', 'busy', 'key', 'focus'] as const;

test('on a light background nothing is written in cyan or yellow', () => {
	const light = roles.map((role) => style(role, {color: true, light: true}).color);
	expect(light.filter((color) => color === 'cyan' || color === 'yellow')).toEqual([]);
	expect(style('warn', {color: true})).toEqual({color: 'yellow'});
});

test('without colours the background is nothing to go by', () => {
	for (const role of roles) expect(style(role, {color: false, light: true})).toEqual(style(role, {color: false}));
	expect(roles.map((role) => style(role, {color: false}).color)).toEqual(roles.map(() => undefined));
});
