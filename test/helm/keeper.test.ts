import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdir, readFile, readlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {birthNow, processPlace} from '../../source/base/lock/process.ts';
import {createHelm} from '../../source/helm/index.ts';
import {endLeftBehind} from '../../source/helm/left-behind.ts';
import {problemOf, scratch, script} from './lab.ts';

const starter = fileURLToPath(new URL('starter.ts', import.meta.url));
const keeper = fileURLToPath(new URL('../../source/base/programs/keeper.ts', import.meta.url));
let folder = '';
let remove: () => Promise<void>;
const started: ChildProcess[] = [];
beforeEach(async () => {
	({folder, remove} = await scratch());
});
afterEach(async () => {
	for (const child of started.splice(0)) child.kill('SIGKILL');
	await remove();
});

const has = async (name: string): Promise<boolean> => (await readdir(folder)).includes(name);
const numberIn = async (name: string): Promise<number> => Number(await readFile(path.join(folder, name), 'utf8'));
const until = async (ready: () => boolean | Promise<boolean>): Promise<void> => {
	while (!(await ready())) await sleep(20);
};
const isGone = (pid: number): boolean => birthNow(pid) === undefined;

/** A helm that closes its release when it gets SIGTERM, speaking of it as the real one does, or one that is deaf to it. */
const slowHelm = (trap: 'closes' | 'is deaf') =>
	script(
		folder,
		'slow-helm',
		`case "$1" in version) echo v4.2.3; exit;; history) echo '[]'; exit;; esac
${trap === 'closes' ? `trap 'echo cancelled; echo cancelled >&2; echo closed > ${folder}/closed; exit 1' TERM` : "trap '' TERM"}
echo $PPID > ${folder}/keeper
echo $$ > ${folder}/pid.new; mv ${folder}/pid.new ${folder}/pid
while :; do sleep 0.05; done`,
	);

const begin = async (trap: 'closes' | 'is deaf', {graceMs = 5000, end = ''} = {}) => {
	const binary = await slowHelm(trap);
	const home = path.join(folder, 'home');
	const child = spawn(process.execPath, [starter, binary, home, String(graceMs), end], {detached: true});
	started.push(child);
	await until(() => has('pid'));
	const [pid, keeperPid] = [await numberIn('pid'), await numberIn('keeper')];
	const record = path.join(home, 'running', 'z.zenml.json');
	return {child, pid, keeperPid, record, binary, home};
};

test.each<readonly [how: string, end: string, kill: (child: ChildProcess) => unknown]>([
	['kill -9', '', (child) => child.kill('SIGKILL')],
	['kill -9 of its process group', '', ({pid = 0}) => process.kill(-pid, 'SIGKILL')],
	['SIGUSR2, which nobody hears there', '', (child) => child.kill('SIGUSR2')],
	['leaving at once', 'exit', (child) => child.stdin?.write('now\n')],
])('%s of the program ends helm, which closes its release before', async (_how, end, kill) => {
	const {child, pid, keeperPid} = await begin('closes', {end});
	kill(child);
	await until(() => isGone(pid) && isGone(keeperPid));
	expect(await has('closed')).toBe(true);
	expect(await readdir(path.join(folder, 'home', 'running'))).toEqual([]);
});

/** Whether a process listens on a TCP port (proc(5)). */
const listens = async (pid: number): Promise<boolean> => {
	const table = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/u));
	const sockets = table.filter((row) => row[3] === '0A').map((row) => `socket:[${row[9]}]`);
	const folder = `/proc/${pid}/fd`;
	const links = await Promise.all((await readdir(folder)).map((fd) => readlink(path.join(folder, fd)).catch(() => '')));
	return links.some((link) => sockets.includes(link));
};

test('SIGUSR1 opens no debugger in the process that holds the values of a release', async () => {
	const {child, pid, keeperPid} = await begin('closes');
	process.kill(keeperPid, 'SIGUSR1');
	await sleep(500);
	expect(await listens(keeperPid)).toBe(false);
	child.kill('SIGKILL');
	await until(() => isGone(pid) && isGone(keeperPid));
});

test('a helm that does not heed the end of the program is killed after its grace period', async () => {
	const {child, pid, keeperPid} = await begin('is deaf', {graceMs: 100});
	child.kill('SIGKILL');
	await until(() => isGone(pid) && isGone(keeperPid));
});

test.each(['closes', 'is deaf'] as const)(
	'a helm that %s and whose keeper was killed is ended by the program',
	async (trap) => {
		const {child, pid, keeperPid} = await begin(trap, {graceMs: 300});
		const ended = once(child, 'exit');
		process.kill(keeperPid, 'SIGKILL');
		await until(() => isGone(pid));
		expect((await ended)[0]).toBe(1);
	},
);

test('a helm that outlived its program and its keeper is ended by the next run, which says so', async () => {
	const {child, pid, keeperPid, record, home} = await begin('closes');
	await until(async () => (await readdir(path.dirname(record)).catch(() => [])).length > 0);
	process.kill(keeperPid, 'SIGSTOP');
	child.kill('SIGKILL');
	process.kill(keeperPid, 'SIGKILL');
	expect(isGone(pid)).toBe(false);
	const lines: string[] = [];
	const helm = createHelm({binary: 'helm', home, environment: {}});
	const {signal} = new AbortController();
	await helm.endLeftBehind('zenml', 'z', {onLine: (line) => lines.push(line), signal});
	expect(isGone(pid)).toBe(true);
	expect(lines).toEqual([
		`The helm of an earlier run (process ${pid}) is still at work on release zenml in namespace z; it is ended first.`,
	]);
	await helm.endLeftBehind('zenml', 'z', {onLine: (line) => lines.push(line), signal});
	expect(lines).toHaveLength(1);
});

test('a process that only has the number of an earlier helm is left alone', async () => {
	const other = spawn('sleep', ['60']);
	started.push(other);
	const {pid = 0} = other;
	const record = path.join(folder, 'record.json');
	const own = {pid, birth: birthNow(pid), ...processPlace()};
	for (const recorded of [
		{...own, birth: '1'},
		{...own, boot: 'another'},
		{...own, pidNamespace: 'pid:[1]'},
	]) {
		await writeFile(record, JSON.stringify(recorded));
		const told: string[] = [];
		const at = {record, label: 'it', graceMs: 100};
		await endLeftBehind(at, (line) => told.push(line), new AbortController().signal);
		expect(told).toEqual([]);
	}
	expect(isGone(pid)).toBe(false);
});

test('a helm that cannot be ended is told, and nothing is changed beside it', async () => {
	const record = path.join(folder, 'record.json');
	// This process stands for it: SIGTERM and SIGKILL are not sent where the pid is spoken for by the test.
	const recorded = {pid: process.pid, birth: birthNow(process.pid), ...processPlace()};
	await writeFile(record, JSON.stringify(recorded));
	const sent: string[] = [];
	const real = process.kill;
	process.kill = ((_pid: number, signal: string) => sent.push(signal)) as unknown as typeof process.kill;
	const at = {record, label: 'release zenml in namespace z', graceMs: 100};
	const problem = await problemOf(endLeftBehind(at, () => undefined, new AbortController().signal)).finally(() => {
		process.kill = real;
	});
	expect(sent).toEqual(['SIGTERM', 'SIGKILL']);
	expect(problem).toMatchObject({
		code: 'helm-busy',
		message: 'The helm of an earlier run is still at work on release zenml in namespace z.',
		cause: `It is process ${process.pid} of this host, and it cannot be ended from here.`,
		fix: 'End it by hand as the user who started it, then try again.',
		nextSteps: [`ps -fp ${process.pid}`, `kill ${process.pid}`],
	});
});

test('helm is not started on half of its values', async () => {
	const binary = await script(folder, 'helm', `touch ${folder}/started; cat > ${folder}/input`);
	const order = {binary, args: [], bytes: 10, graceMs: 1000};
	const ask = async (input: string): Promise<void> => {
		const child = spawn(process.execPath, [keeper], {stdio: ['pipe', 'ignore', 'ignore', 'ignore']});
		started.push(child);
		child.stdin?.write(`${JSON.stringify(order)}\n${input}`);
		if (input.length < 10) child.stdin?.end();
		await once(child, 'exit');
	};
	await ask('12345');
	expect(await has('started')).toBe(false);
	await ask('1234567890');
	expect(await readFile(path.join(folder, 'input'), 'utf8')).toBe('1234567890');
});
