import {readFile} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, afterEach, describe, expect, it} from 'vitest';
import {
	killStarted,
	makeStateFolder,
	outcomes,
	processesOf,
	removeFolders,
	runProgram,
	startProgram,
} from './support/run.ts';

const folders: string[] = [];
const place = async () => {
	const made = await makeStateFolder();
	folders.push(made.state, made.world);
	return made;
};
afterEach(killStarted);
afterAll(() => removeFolders(folders));

/** Polls; the test's own time-out is the bound. */
const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
	while (!(await holds())) await sleep(30);
};
const childrenOf = async (pid: number): Promise<readonly number[]> =>
	(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''))
		.trim()
		.split(' ')
		.filter((one) => one !== '')
		.map(Number);
/** The process of the rehearsed world: the child of the program that is node with the entry of the host. */
const hostOf = async (pid: number): Promise<number> => {
	for (const child of await childrenOf(pid)) {
		if ((await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')).includes('rehearsal-host')) return child;
	}
	throw new Error('the program has no host');
};
const postgresOf = async (world: string): Promise<number> =>
	Number((await readFile(`${world}/postgres/postmaster.pid`, 'utf8')).split('\n')[0]);
const reaches = (output: () => string, step: string): Promise<void> =>
	until(() => output().includes(`"type":"step-applying","step":"${step}"`) || output().includes(`"step":"${step}"`));

describe('a rehearsal that is killed', () => {
	it.each(['images', 'control-plane', 'workspaces'])(
		'with -9 in the step %s leaves no process behind, and the same command goes on',
		async (step) => {
			const {state, world} = await place();
			const first = startProgram(state, []);
			await reaches(first.output, step);
			first.child.kill('SIGKILL');
			await first.ended;
			await until(async () => (await processesOf(world)).length === 0);
			const second = await runProgram(state, []);
			expect({code: second.code, problems: second.problems}).toEqual({code: 0, problems: []});
			expect(outcomes(second).bundle).toBe('already');
			await until(async () => (await processesOf(world)).length === 0);
		},
		240_000,
	);

	it('by the end of its host stops with a cause, leaves no process behind, and goes on when it is started again', async () => {
		const {state, world} = await place();
		const first = startProgram(state, []);
		await reaches(first.output, 'control-plane');
		process.kill(await hostOf(first.child.pid ?? 0), 'SIGKILL');
		const stopped = await first.ended;
		expect(stopped.code).not.toBe(0);
		expect(stopped.code).not.toBe(1);
		await until(async () => (await processesOf(world)).length === 0);
		expect((await runProgram(state, [])).code).toBe(0);
	}, 240_000);

	it('by the end of its database stops with a cause, and goes on when it is started again', async () => {
		const {state, world} = await place();
		const first = startProgram(state, []);
		await reaches(first.output, 'databases');
		process.kill(await postgresOf(world), 'SIGKILL');
		const stopped = await first.ended;
		expect(stopped.code).not.toBe(0);
		expect(stopped.code).not.toBe(1);
		await until(async () => (await processesOf(world)).length === 0);
		expect((await runProgram(state, [])).code).toBe(0);
	}, 240_000);
});

describe('a second rehearsal on the same folder', () => {
	it('names who holds it and ends with 10, with --fresh too, and the first one goes on unharmed', async () => {
		const {state} = await place();
		const first = startProgram(state, []);
		await until(() => first.output().includes('starting PostgreSQL'));
		for (const words of [[], ['--fresh']]) {
			const second = await runProgram(state, words);
			expect(second.code).toBe(10);
			expect(second.errors).toContain(`process ${first.child.pid}`);
		}
		expect((await first.ended).code).toBe(0);
	}, 240_000);
});

describe('Ctrl-C', () => {
	it.each([
		['before anything is started', ''],
		['while the database starts', 'starting PostgreSQL'],
		['while the cluster starts', 'starting Kubernetes'],
		['while the bundle is made', 'preparing the bundle'],
		['in the middle of the run', '"step":"databases"'],
	])(
		'%s leaves no process behind',
		async (_when, mark) => {
			const {state, world} = await place();
			const run = startProgram(state, []);
			await until(
				async () => run.output().includes(mark) && (mark !== '' || (await childrenOf(run.child.pid ?? 0)).length > 0),
			);
			run.child.kill('SIGINT');
			const {code} = await run.ended;
			expect([130, null]).toContain(code);
			await until(async () => (await processesOf(world)).length === 0);
		},
		120_000,
	);
});
