import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, afterEach, expect, it} from 'vitest';
import type {ContainerStatus} from '../../rehearsal/kubernetes/objects/types.ts';
import {killStarted, makeStateFolder, outcomes, removeFolders, runProgram} from './support/run.ts';

const folders: string[] = [];
afterEach(killStarted);
afterAll(() => removeFolders(folders));

/** Restarts of all containers of a world that is closed, by name. */
const restartsIn = async (world: string): Promise<Readonly<Record<string, number>>> => {
	const restarts: Record<string, number> = {};
	const snapshot = await readFile(path.join(world, 'kubernetes.json'), 'utf8');
	JSON.parse(snapshot, (key, value: unknown) => {
		if (key !== 'containerStatuses') return value;
		for (const {name, restartCount} of value as readonly ContainerStatus[]) restarts[name] = restartCount;
		return value;
	});
	return restarts;
};

it('a world that is opened again and again has nothing to do, and no container of it starts anew', async () => {
	const {state, world} = await makeStateFolder();
	folders.push(state, world);
	const words = ['--mysql', 'played'];
	expect((await runProgram(state, words)).code).toBe(0);
	for (const round of [2, 3, 4]) {
		// At the pace of life, servers take so long that they would meet each other before they are up.
		const {code, events, errors} = await runProgram(state, [...words, ...(round === 4 ? ['--pace', 'real'] : [])]);
		expect({code, errors}).toMatchObject({code: 0});
		expect(errors).not.toContain('upstream failed');
		expect(events.flatMap((event) => (event.type === 'step-todo' ? event.changes : []))).toEqual([]);
		expect(outcomes({code, events, errors, problems: []})).toMatchObject({workspaces: 'already'});
		expect(await restartsIn(world)).toMatchObject({api: 0, dashboard: 0, zenml: 0});
	}
}, 300_000);
