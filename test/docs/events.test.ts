import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import type {Event} from '../../source/engine/events.ts';
import {isEventType} from '../../source/engine/reduce.ts';

/** Every event; one that is missing here does not compile. */
const all: Readonly<Record<Event['type'], true>> = {
	'run-started': true,
	'plan-fact': true,
	'plan-facts-known': true,
	'step-started': true,
	'step-checking': true,
	'step-todo': true,
	'step-pages': true,
	'step-applying': true,
	'step-detail': true,
	'step-waiting': true,
	'step-retrying': true,
	'step-problem': true,
	'step-decided': true,
	'step-going-back': true,
	'step-acknowledged': true,
	'step-warning': true,
	'step-finished': true,
	'run-warning': true,
	stopping: true,
	'run-finished': true,
};

test('the table of the JSON lines names every event of the engine, and no other', () => {
	const text = readFileSync(fileURLToPath(new URL('../../docs/headless.md', import.meta.url)), 'utf8');
	const [, table = ''] = text.split('| type | says |');
	const heads = (table.split('\n\n')[0] ?? '').split('\n').map((line) => line.split('|')[1] ?? '');
	const named = heads.flatMap((head) => [...head.matchAll(/`([a-z-]+)`/gu)].map(([, name = '']) => name));
	expect(named.sort()).toEqual(Object.keys(all).sort());
	expect(named.filter((name) => !isEventType(name))).toEqual([]);
});
