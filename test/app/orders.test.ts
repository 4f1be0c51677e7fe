import {mkdir, readdir, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {FaultOrder} from '../../rehearsal/index.ts';
import {rehearsalRunProblems} from '../../source/app/base/rehearsal-problems.ts';
import {answerOrders, giveOrder} from '../../source/app/rehearsal/orders.ts';
import {acquireFileLock} from '../../source/base/lock/lock.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
let state = '';
let unlock: (() => Promise<unknown>) | undefined;
beforeEach(async () => {
	stage = await createStage();
	state = path.join(stage.folder, 'state');
	await mkdir(state);
});
afterEach(async () => {
	await unlock?.();
	unlock = undefined;
	await stage.remove();
});

/** What a process holds that keeps a world up. */
const hold = async (): Promise<void> => {
	const {pid, hostName: host, userName: user} = stage.context;
	unlock = await acquireFileLock(path.join(state, 'rehearsal.lock'), {pid, host, user, runId: 'r', startedAt: 1});
};

const order: FaultOrder = {name: 'dns-missing', on: true};

test('an order is obeyed by the process that keeps the world up, and its words come back', async () => {
	await hold();
	const heard: FaultOrder[] = [];
	const serving = await answerOrders(state, {
		act: async (one) => {
			heard.push(one);
			return ['It is on.'];
		},
	});
	expect((await stat(path.join(state, 'orders'))).mode & 0o777).toBe(0o700);
	expect(await giveOrder(stage.context, state, order)).toEqual(['It is on.']);
	expect(heard).toEqual([order]);
	expect(await readdir(path.join(state, 'orders'))).toEqual([]);
	await serving.stop();
	await expect(giveOrder(stage.context, state, order)).rejects.toMatchObject({
		problem: {code: 'rehearsal-not-served'},
	});
});

test('what the world refuses is refused to who asked, and the next order is obeyed', async () => {
	await hold();
	let isFirst = true;
	const serving = await answerOrders(state, {
		act: async () => {
			if (!isFirst) return ['now'];
			isFirst = false;
			throw rehearsalRunProblems.error('rehearsal-needs-mysql', {case: 'own', plan: 'backup', command: 'again'});
		},
	});
	await expect(giveOrder(stage.context, state, order)).rejects.toMatchObject({
		problem: {code: 'rehearsal-needs-mysql'},
	});
	expect(await giveOrder(stage.context, state, order)).toEqual(['now']);
	await serving.stop();
});

test('an order that is none is answered with a problem, and acted on by nobody', async () => {
	const acted: FaultOrder[] = [];
	const serving = await answerOrders(state, {
		act: async (one) => {
			acted.push(one);
			return [];
		},
	});
	await writeFile(path.join(state, 'orders', 'x.order'), '{"name":"meteor","on":true}');
	await expect.poll(() => readdir(path.join(state, 'orders')), {timeout: 10_000}).toEqual(['x.answer']);
	expect(acted).toEqual([]);
	await serving.stop();
});

test('orders to an earlier process are left undone', async () => {
	await mkdir(path.join(state, 'orders'));
	await writeFile(path.join(state, 'orders', 'old.order'), JSON.stringify(order));
	const acted: FaultOrder[] = [];
	const serving = await answerOrders(state, {
		act: async (one) => {
			acted.push(one);
			return [];
		},
	});
	await serving.stop();
	expect(acted).toEqual([]);
});

test('where no world is kept up that is said, with how to start one', async () => {
	const {code, err} = await stage.run('rehearse', 'fault', 'dns-missing', 'on', '--state-dir', state);
	expect(code).toBe(2);
	expect(err).toContain('No rehearsal takes faults here.');
	expect(err).toContain('rehearse --serve');
});

test('a second rehearsal in the same folder is told which one is up, and what can be done', async () => {
	await hold();
	const {code, err} = await stage.run('rehearse', '--non-interactive', '--state-dir', state);
	expect(code).toBe(10);
	expect(err).toContain(`A rehearsal is up in ${state} already: process ${process.pid} of `);
	expect(err).toContain('or name another --state-dir for this one.');
	expect(err).toContain('code:  rehearsal-locked');
});
