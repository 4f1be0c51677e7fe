import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeEach, describe, expect, it} from 'vitest';
import {clearWorld, dumpWorld, enterNames, install} from './world.ts';

const states: string[] = [];
const newState = async (): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'lab-install-'));
	states.push(folder);
	return folder;
};
beforeEach(async () => {
	await clearWorld();
	await enterNames();
}, 180_000);
afterAll(async () => {
	await clearWorld();
	for (const folder of states) await rm(folder, {recursive: true, force: true});
}, 180_000);

let whole: Awaited<ReturnType<typeof dumpWorld>> | undefined;

describe('the install on a real cluster without a way out', () => {
	it('goes through in one run, and a second run finds nothing to do', async () => {
		const state = await newState();
		const first = await install(state);
		expect(first.output).toContain('ZenML Pro is installed and verified');
		expect(first.code).toBe(0);
		whole = await dumpWorld();
		expect(whole.registry.length).toBe(5);
		expect(whole.database).toContain('zenml_pro: {"name":"default","status":"available"}');
		const second = await install(state);
		expect(second.code).toBe(0);
		expect(second.output).not.toMatch(/\d\/13\] .*: done/u);
		expect(await dumpWorld()).toEqual(whole);
	});

	it('killed at twenty random moments and started again each time, it ends in the same world', async () => {
		expect(whole, 'the uninterrupted install went through').toBeDefined();
		const state = await newState();
		const moments: number[] = [];
		for (let kill = 0; kill < 20; kill += 1) {
			// The start alone takes a second; later steps are reached by longer runs.
			const killAfterMs = 900 + Math.round(Math.random() * (2500 + kill * 250));
			const {signal} = await install(state, {killAfterMs});
			moments.push(killAfterMs);
			if (signal !== 'SIGKILL') break;
		}
		const last = await install(state);
		expect(last.output, `killed after ${moments.join(', ')} ms`).toContain('ZenML Pro is installed and verified');
		expect(last.code).toBe(0);
		expect(await dumpWorld(), `killed after ${moments.join(', ')} ms`).toEqual(whole);
	});

	it('two at once: the second names the holder and ends with 10, the first goes through', async () => {
		const [first, second] = [await newState(), await newState()];
		const running = install(first);
		await new Promise((resolve) => setTimeout(resolve, 4000));
		const other = await install(second);
		expect([other.code, other.output]).toEqual([10, expect.stringMatching(/holds|held|another run/iu)]);
		expect((await running).code).toBe(0);
	});

	it('a lost SSH line stops it at a safe point with 130, and the next run goes on', async () => {
		const state = await newState();
		const stopped = await install(state, {killAfterMs: 5000, signal: 'SIGHUP'});
		expect(stopped.code).toBe(130);
		expect((await install(state)).code).toBe(0);
	});
});
