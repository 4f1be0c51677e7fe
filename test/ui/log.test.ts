import {expect, test} from 'vitest';
import type {LogLevel} from '../../source/engine/plan.ts';
import type {LogLine} from '../../source/engine/state.ts';
import {logRows, logTitle} from '../../source/ui/content/log.ts';
import type {KeyId} from '../../source/ui/state/keys.ts';
import {visibleLines, windowOf} from '../../source/ui/state/log/lines.ts';
import {logKey} from '../../source/ui/state/log/log.ts';
import type {LogView} from '../../source/ui/state/types.ts';
import {glyphs} from '../../source/ui/terminal/marks.ts';

const line = (text: string, level: LogLevel = 'info'): LogLine => ({at: 0, level, text});
const runOf = (log: readonly LogLine[], logDropped = 0) => ({
	runId: 'r',
	plan: 'install',
	title: 'Installing',
	pass: 'apply' as const,
	planSteps: 0,
	version: '',
	startedAt: 0,
	steps: [],
	log,
	logDropped,
});
const many = (count: number): readonly LogLine[] => Array.from({length: count}, (_, index) => line(`line ${index}`));
const view: LogView = {level: 'info'};

const seen = (log: readonly LogLine[], now: LogView, height = 4, dropped = 0): readonly string[] =>
	logRows(runOf(log, dropped), now, '', {width: 60, height, marks: glyphs({ascii: true})}).map((row) =>
		row
			.map(({text}) => text)
			.join('')
			.slice(11),
	);

const press = (log: readonly LogLine[], now: LogView, ...keys: readonly (KeyId | {readonly text: string})[]): LogView =>
	keys.reduce<LogView>(
		(state, key) =>
			logKey(runOf(log), state, typeof key === 'string' ? {id: key, text: ''} : {id: 'text', text: key.text}, {
				columns: 49,
				rows: 4,
			}) ?? state,
		now,
	);

test('the log follows its newest line', () => {
	expect(seen(many(10), view)).toEqual(['line 6', 'line 7', 'line 8', 'line 9']);
});

test('a line scrolled to stays where it is while others arrive', () => {
	const held = press(many(10), view, 'up', 'up');
	expect(seen(many(10), held)).toEqual(['line 4', 'line 5', 'line 6', 'line 7']);
	expect(seen(many(500), held)).toEqual(['line 4', 'line 5', 'line 6', 'line 7']);
});

test('a held line that was dropped from memory gives way to the oldest one', () => {
	expect(seen(many(10), {...view, anchor: 3}, 4, 100)).toEqual(['line 0', 'line 1', 'line 2', 'line 3']);
});

test('g shows the first lines, and one further key moves', () => {
	const top = press(many(10), view, {text: 'g'});
	expect(seen(many(10), top)).toEqual(['line 0', 'line 1', 'line 2', 'line 3']);
	expect(seen(many(10), press(many(10), top, 'down'))).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
});

test('G and scrolling to the end follow again', () => {
	const held = press(many(10), view, 'up');
	expect(press(many(10), held, {text: 'G'}).anchor).toBeUndefined();
	expect(press(many(10), held, 'pagedown').anchor).toBeUndefined();
});

test('a page up shows what stood above', () => {
	expect(seen(many(20), press(many(20), view, 'pageup'))).toEqual(['line 12', 'line 13', 'line 14', 'line 15']);
});

test('the level filter goes round and hides lower levels', () => {
	const log = [line('d', 'debug'), line('i'), line('w', 'warn'), line('e', 'error')];
	const levels = [
		view,
		...[1, 2, 3].map((count) => press(log, view, ...Array.from({length: count}, () => ({text: 'v'})))),
	];
	expect(levels.map(({level}) => level)).toEqual(['info', 'warn', 'error', 'debug']);
	expect(levels.map((one) => seen(log, one))).toEqual([['i', 'w', 'e'], ['w', 'e'], ['e'], ['d', 'i', 'w', 'e']]);
});

test('long lines are broken, and the newest one is whole', () => {
	const rows = seen([line('short'), line('word '.repeat(30).trim())], view, 4);
	expect(rows).toHaveLength(4);
	expect(rows.join(' ').match(/word/gu)).toHaveLength(30);
});

test('only what is seen is built, however long the log is', () => {
	const lines = visibleLines(runOf(many(5000)), 'info');
	expect(windowOf(lines, view, {columns: 49, rows: 6})).toHaveLength(6);
});

test('an empty log has no rows and takes every key', () => {
	expect(seen([], view)).toEqual([]);
	expect(press([], view, 'up', 'pageup', {text: 'g'}).anchor).toBeUndefined();
});

test('a log that grew and lost its oldest lines shows exactly the lines of its level, with their numbers', () => {
	const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
	const mixed: readonly LogLevel[] = ['info', 'debug', 'warn', 'error', 'info'];
	const all = many(400).map((one, index): LogLine => ({...one, level: mixed[index % mixed.length] ?? 'info'}));
	const windows = [
		[0, 10],
		[0, 60],
		[30, 90],
		[80, 95],
		[200, 300],
		[0, 40],
		[250, 400],
	] as const;
	for (const level of order) {
		for (const [from, to] of windows) {
			const kept = all.slice(from, to);
			const wanted = kept.flatMap((one, index) =>
				order.indexOf(one.level) >= order.indexOf(level) ? [{number: from + index, line: one}] : [],
			);
			expect(visibleLines(runOf(kept, from), level)).toEqual(wanted);
		}
	}
});

test('a line tells its step where another one begins to speak', () => {
	const log: readonly LogLine[] = [
		{...line('started'), step: 'bundle'},
		{...line('done'), step: 'bundle'},
		{...line('started'), step: 'images'},
		line('stopping'),
	];
	expect(seen(log, view)).toEqual(['bundle: started', 'done', 'images: started', 'stopping']);
});

test('a search that finds nothing says which lines it did not look at', () => {
	const run = runOf([line('push api', 'debug'), line('pod ready')]);
	expect(logTitle(run, view, 'ready')).toBe('Log, newest, info and up');
	expect(logTitle(run, view, 'push')).toBe('Log, newest, info and up, lines below info not searched');
	expect(logTitle(run, {level: 'debug'}, 'zzzz')).toBe('Log, newest, debug and up');
});
