import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {createLeaving} from '../../source/app/base/ending/leaving.ts';

const never = async (): Promise<void> => new Promise(() => undefined);

test('who leaves at once waits for what must be on disk, and is waited for once', async () => {
	const exits: number[] = [];
	const {promise: saved, resolve: save} = Promise.withResolvers<void>();
	const {beforeLeaving, leave} = createLeaving((code) => exits.push(code), 60_000);
	beforeLeaving(async () => saved);
	const both = Promise.all([leave(130), leave(130)]);
	await sleep(20);
	expect(exits).toEqual([]);
	save();
	await both;
	expect(exits).toEqual([130]);
});

test('a disk that hangs, or refuses, holds nobody', async () => {
	const exits: number[] = [];
	const hanging = createLeaving((code) => exits.push(code), 20);
	hanging.beforeLeaving(never);
	await hanging.leave(130);
	const refusing = createLeaving((code) => exits.push(code), 60_000);
	refusing.beforeLeaving(async () => {
		throw new Error('EIO');
	});
	await refusing.leave(131);
	expect(exits).toEqual([130, 131]);
});

test('what has come to its end is not waited for', async () => {
	const exits: number[] = [];
	const {beforeLeaving, leave} = createLeaving((code) => exits.push(code), 60_000);
	const free = beforeLeaving(never);
	free();
	await leave(130);
	expect(exits).toEqual([130]);
});
