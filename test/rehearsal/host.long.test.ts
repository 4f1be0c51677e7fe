import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmod, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {filesIn} from '../../rehearsal/answers.ts';
import {spawnRehearsal} from '../../rehearsal/host.ts';
import {processBirth} from '../../source/base/lock/process.ts';
import {createCluster} from '../../source/cluster/cluster.ts';

const signal = new AbortController().signal;
const fileIn = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const entry = fileIn('../../rehearsal/host-main.ts');
const execArgv = ['--import', 'tsx'];
let directory: string;
const parents: ChildProcess[] = [];

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'zenml-host-'));
	await chmod(directory, 0o711);
});
afterAll(async () => {
	for (const parent of parents) parent.kill('SIGKILL');
	await rm(directory, {recursive: true, force: true, maxRetries: 20, retryDelay: 200});
});

const options = (folder: string) => ({
	entry,
	execArgv,
	directory: join(directory, folder),
	pace: 'fast' as const,
	bundleBytes: 240_000,
	log: () => undefined,
});
// In a container whose first process collects nobody, what has ended stays there as a zombie.
const alive = async (pid: number): Promise<boolean> => (await processBirth(pid)) !== undefined;
const clusterOf = (folder: string) =>
	createCluster({kubeconfig: filesIn(join(directory, folder)).kubeconfig, environment: {}} as never);
const postgresPid = async (folder: string): Promise<number> =>
	Number((await readFile(join(directory, folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);

describe('the rehearsal in a process of its own', () => {
	it('answers like one in this process and ends with all its children when it is stopped', async () => {
		const rehearsal = await spawnRehearsal(options('stopped'));
		expect(await clusterOf('stopped').version(signal)).toMatch(/^v1\./u);
		expect(rehearsal.describe().join('\n')).toContain('Kubernetes v1.');
		const database = await postgresPid('stopped');
		await rehearsal.stop();
		expect(await alive(rehearsal.pid)).toBe(false);
		expect(await alive(database)).toBe(false);
	}, 60_000);

	it('hands on the problem that a start meets', async () => {
		const broken = {...options('broken'), charts: join(directory, 'no-charts-here')};
		await expect(spawnRehearsal(broken)).rejects.toThrow(/did not expect: Error \(ENOENT\)/u);
	}, 60_000);

	it('tells the log when its process ends by itself', async () => {
		const lines: string[] = [];
		const rehearsal = await spawnRehearsal({...options('ended'), log: (line) => lines.push(line)});
		process.kill(rehearsal.pid, 'SIGTERM');
		while (!lines.some((line) => line.includes('ended with 0'))) await sleep(20);
		await rehearsal.stop();
	}, 60_000);

	it('leaves no process behind when its parent is killed, and loses nothing', async () => {
		const folder = join(directory, 'killed');
		const parent = spawn(process.execPath, [...execArgv, fileIn('fixtures/host-parent.ts'), folder], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		parents.push(parent);
		const [line] = await once(createInterface({input: parent.stdout}), 'line');
		const {pid, answers} = JSON.parse(String(line)) as {pid: number; answers: unknown};
		await clusterOf('killed').apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'kept'}}, {signal});
		const database = await postgresPid('killed');
		parent.kill('SIGKILL');
		await once(parent, 'exit');
		while ((await alive(pid)) || (await alive(database))) await sleep(50);
		const again = await spawnRehearsal(options('killed'));
		expect(again.answers).toEqual(answers);
		const kept = await clusterOf('killed').get({apiVersion: 'v1', kind: 'Namespace', name: 'kept'}, signal);
		expect(kept?.metadata.name).toBe('kept');
		await again.stop();
	}, 90_000);
});
