import {expect, test} from 'vitest';
import type {KeyId} from '../../source/ui/state/keys.ts';
import {edit, glimpse, type Line, lineOf} from '../../source/ui/state/line.ts';

const after = (line: Line, ...ids: readonly (KeyId | {readonly text: string})[]): Line =>
	ids.reduce<Line>(
		(now, id) => edit(now, typeof id === 'string' ? {id, text: ''} : {id: 'text', text: id.text}) ?? now,
		line,
	);

test.each<[string, Line, readonly (KeyId | {readonly text: string})[], Line]>([
	['text goes in at the cursor', {text: 'ac', cursor: 1}, [{text: 'b'}], {text: 'abc', cursor: 2}],
	['backspace takes the character before the cursor', {text: 'abc', cursor: 2}, ['backspace'], {text: 'ac', cursor: 1}],
	['backspace at the start does nothing', {text: 'abc', cursor: 0}, ['backspace'], {text: 'abc', cursor: 0}],
	['delete takes the character under the cursor', {text: 'abc', cursor: 1}, ['delete'], {text: 'ac', cursor: 1}],
	['a family of four code points is one character', lineOf('a👨‍👩‍👧'), ['backspace'], {text: 'a', cursor: 1}],
	['wide characters count as one character', lineOf('日本'), ['left', {text: '-'}], {text: '日-本', cursor: 2}],
	['Ctrl-U deletes to the start', {text: 'abcd', cursor: 2}, ['ctrl-u'], {text: 'cd', cursor: 0}],
	['Ctrl-K deletes to the end', {text: 'abcd', cursor: 2}, ['ctrl-k'], {text: 'ab', cursor: 2}],
	['Ctrl-W deletes the word before the cursor', lineOf('one two '), ['ctrl-w'], {text: 'one ', cursor: 4}],
	[
		'Home and End move the cursor',
		lineOf('abc'),
		['home', {text: '1'}, 'end', {text: '2'}],
		{text: '1abc2', cursor: 5},
	],
	['the cursor stays within the line', lineOf('a'), ['right', 'right', 'left', 'left', 'left'], {text: 'a', cursor: 0}],
])('%s', (_name, line, ids, expected) => {
	expect(after(line, ...ids)).toEqual(expected);
});

test('keys that do not edit are left to others', () => {
	for (const id of ['return', 'escape', 'tab', 'up', 'down', 'ctrl-a', 'ctrl-s'] as const)
		expect(edit(lineOf('a'), {id, text: ''})).toBeUndefined();
});

test('a long line scrolls sideways so that the cursor is seen', () => {
	const text = 'abcdefghijklmnopqrstuvwxyz';
	expect(glimpse(lineOf(text), 10)).toMatchObject({before: 'tuvwxyz', at: ' ', cutLeft: true, cutRight: false});
	expect(glimpse({text, cursor: 0}, 10)).toMatchObject({
		before: '',
		at: 'a',
		after: 'bcdefgh',
		cutLeft: false,
		cutRight: true,
	});
});

test('a line of wide characters never takes more cells than it has', () => {
	const {before, at, after: rest} = glimpse({text: '日本語日本語日本語', cursor: 4}, 9);
	expect([...`${before}${at}${rest}`].length * 2).toBeLessThanOrEqual(9);
});

test('a mask hides every character and not the number of bytes', () => {
	expect(glimpse(lineOf('añ👨‍👩‍👧'), 10, '*')).toMatchObject({before: '***', at: ' '});
});
