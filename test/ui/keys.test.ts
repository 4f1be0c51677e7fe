import type {Key as InkKey} from 'ink';
import {expect, test} from 'vitest';
import {digit, keysOf, listMove, scrollMove} from '../../source/ui/state/keys.ts';

const none = {} as InkKey;
const text = (value: string) => ({id: 'text', text: value}) as const;

test('text and Enter that came in one read are two keys', () => {
	expect(keysOf('abc\rdef', none)).toEqual([text('abc'), {id: 'return', text: ''}, text('def')]);
});

test('Ctrl-C within a burst is not lost', () => {
	expect(keysOf('ab\u0003', none)).toEqual([text('ab'), {id: 'ctrl-c', text: ''}]);
});

test('a Ctrl key that arrives together with text is not lost', () => {
	expect(keysOf('zenml\u0013', none)).toEqual([text('zenml'), {id: 'ctrl-s', text: ''}]);
	expect(keysOf('\u0015b', none)).toEqual([{id: 'ctrl-u', text: ''}, text('b')]);
});

test('unknown control characters are no text', () => {
	expect(keysOf('a\u001Cb', none)).toEqual([text('a'), text('b')]);
});

test('Alt with a letter is no text', () => {
	expect(keysOf('f', {meta: true} as InkKey)).toEqual([]);
});

test('Shift-Tab goes backwards', () => {
	expect(keysOf('', {tab: true, shift: true} as InkKey)).toEqual([{id: 'shift-tab', text: ''}]);
});

test('vim names move in lists as arrows do, within the list', () => {
	expect(['j', 'k', 'g', 'G', 'x'].map((one) => listMove(text(one), 1, 3))).toEqual([2, 0, 0, 2, undefined]);
	expect(listMove({id: 'down', text: ''}, 2, 3)).toBe(2);
	expect(listMove({id: 'up', text: ''}, 0, 0)).toBe(0);
});

test('digits name entries from 1, and only those that are there', () => {
	expect(['1', '3', '4', '0', 'a'].map((one) => digit(text(one), 3))).toEqual([0, 2, undefined, undefined, undefined]);
});

test('scrolling stays within the text, also after the window has grown', () => {
	expect(scrollMove(text('j'), 90, {total: 100, height: 20})).toBe(80);
	expect(scrollMove(text('k'), 95, {total: 100, height: 20})).toBe(79);
	expect(scrollMove({id: 'pagedown', text: ''}, 0, {total: 100, height: 20})).toBe(19);
	expect(scrollMove(text('G'), 0, {total: 10, height: 20})).toBe(0);
	expect(scrollMove(text('q'), 0, {total: 10, height: 20})).toBeUndefined();
});
