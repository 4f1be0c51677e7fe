import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile} from 'node:fs/promises';
import {hostname, tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {acquireFileLock, type Holder} from '../../source/base/lock/lock.ts';
import {processBirth, processPlace} from '../../source/base/lock/process.ts';
import type {Problem} from '../../source/base/problem.ts';

let folder = '';
let file = '';
const children: ChildProcessWithoutNullStreams[] = [];
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-lock-'));
	file = path.join(folder, 'state', 'lock');
});
afterEach(async () => {
	for (const child of children.splice(0)) child.kill('SIGKILL');
	await rm(folder, {recursive: true, force: true});
});

const me = (runId = 'mine') => ({
	pid: process.pid,
	host: hostname(),
	user: 'ada',
	runId,
	startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
});

const leave = async (holder: Partial<Holder> | string): Promise<void> => {
	await mkdir(path.dirname(file), {recursive: true});
	const text =
		typeof holder === 'string'
			? holder
			: JSON.stringify({...me('old'), birth: '1', ...processPlace(), beatMs: 3000, ...holder});
	await writeFile(file, text);
};

/** A process that was there and is gone. */
const deadPid = async (): Promise<number> => {
	const child = spawn('true');
	await new Promise((resolve) => child.once('exit', resolve));
	return child.pid ?? 0;
};

const holderNow = async (): Promise<Holder> => JSON.parse(await readFile(file, 'utf8')) as Holder;

test('a free lock is taken, told who holds it to nobody else, and given back', async () => {
	const release = await acquireFileLock(file, me());
	expect(await holderNow()).toEqual({
		...me(),
		...processPlace(),
		birth: await processBirth(process.pid),
		beatMs: 3000,
	});
	expect((await stat(file)).mode & 0o777).toBe(0o600);
	expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
	await release();
	expect(await readdir(path.dirname(file))).toEqual([]);
	await (await acquireFileLock(file, me()))();
});

test('a second taker is refused and told who holds it, where and since when', async () => {
	const release = await acquireFileLock(file, me());
	await expect(acquireFileLock(file, me('second'))).rejects.toMatchObject({
		problem: {
			code: 'install-locked',
			area: 'locked',
			message: `Another run is under way: process ${process.pid} of ada on ${hostname()}, since 2026-01-02 03:04 UTC.`,
			cause: `It holds the lock ${file}.`,
		},
	});
	expect((await holderNow()).runId).toBe('mine');
	await release();
});

/** What locks did not hold before they told where their process is. */
const older = {boot: undefined, pidNamespace: undefined, beatMs: undefined};

/** What lies there, and who has the lock after another run asked for it. */
test.each([
	['a dead process', async () => leave({pid: await deadPid()}), 'mine'],
	['a reused pid: another birth', async () => leave({pid: process.pid, birth: '1'}), 'mine'],
	['a lock that was cut short', async () => leave('{"pid":12,"birth":"1","ho'), 'mine'],
	['a lock of its first bytes', async () => leave('{"p'), 'mine'],
	['a lock whose bytes did not all reach the disk', async () => leave(`{"pid":12,"bi${'\0'.repeat(90)}`), 'mine'],
	['an empty lock', async () => leave(''), 'mine'],
	[
		'a living process of this host',
		async () => leave({pid: process.pid, birth: (await processBirth(process.pid)) ?? ''}),
		'old',
	],
	['a dead process of an older version', async () => leave({pid: await deadPid(), ...older}), 'mine'],
	['a process of an older version, of another host', async () => leave({host: 'jump-2', pid: 1, ...older}), 'old'],
])('%s', async (_name, prepare, owner) => {
	await prepare();
	const taken = await acquireFileLock(file, me()).catch((error: unknown) => error);
	expect((await holderNow()).runId).toBe(owner);
	if (owner === 'mine') await (taken as () => Promise<void>)();
	else expect(taken).toMatchObject({problem: {code: 'install-locked'}});
	expect(await readdir(path.dirname(file))).toEqual(owner === 'mine' ? [] : ['lock']);
});

test.each([
	'a note of mine\n',
	'0\n',
	'{}',
	'{"pid":"x"}',
	'{"pid":12}\n',
	'{"name":"x","pid":12',
	JSON.stringify({pid: 1, notes: 'x'.repeat(10_000)}),
])('a file that is no lock is refused by name and stays (%#)', async (text) => {
	await leave(text);
	await expect(acquireFileLock(file, me())).rejects.toMatchObject({
		problem: {code: 'lock-not-ours', message: expect.stringContaining(file), location: {file}},
	});
	expect(await readFile(file, 'utf8')).toBe(text);
	// Also in the place of the second lock.
	await leave({pid: await deadPid()});
	await writeFile(`${file}.removal`, text);
	await expect(acquireFileLock(file, me())).rejects.toMatchObject({problem: {location: {file: `${file}.removal`}}});
	expect(await readFile(`${file}.removal`, 'utf8')).toBe(text);
});

test('a link or a folder in the place of a lock is refused, and what it leads to stays', async () => {
	const theirs = path.join(folder, 'theirs');
	await mkdir(path.dirname(file));
	await writeFile(theirs, '');
	for (const make of [
		() => symlink(theirs, file),
		() => symlink(path.join(folder, 'nowhere'), file),
		() => mkdir(file),
	]) {
		await make();
		await expect(acquireFileLock(file, me())).rejects.toMatchObject({problem: {code: 'lock-not-ours'}});
		await rm(file, {recursive: true});
	}
	expect(await readFile(theirs, 'utf8')).toBe('');
});

const brief = {beatMs: 30, staleMs: 600};

/** A run in another container of this host's name: its pids are not ours, and it has a process of our number. */
const elsewhere = async (more: Partial<Holder> = {}): Promise<void> =>
	leave({pidNamespace: 'pid:[1]', pid: process.pid, birth: (await processBirth(process.pid)) ?? '', ...more});

test.each<readonly [string, Partial<Holder>]>([
	['container of this name', {}],
	['machine of this name', {boot: 'another', pidNamespace: processPlace().pidNamespace ?? ''}],
	['host, with a clock three hours ahead', {host: 'jump-2', boot: 'another', startedAt: Date.now() + 10_800_000}],
])('a lock of another %s is refused while it is renewed, and taken over when it is not', async (_where, holder) => {
	await elsewhere(holder);
	const beating = setInterval(() => {
		void utimes(file, new Date(), new Date());
	}, 20);
	const found = await acquireFileLock(file, me(), brief).catch((error: unknown) => error);
	clearInterval(beating);
	expect(found).toMatchObject({
		problem: {
			code: 'install-locked',
			message: expect.stringContaining(`process ${process.pid} of ada on `),
			cause: `It holds the lock ${file}, and was seen to renew it; its host or container shares this folder.`,
			fix: 'Wait for it, or stop it there with Ctrl-C; of a run that is dead the lock is free after 15 s.',
		},
	});
	const release = await acquireFileLock(file, me(), brief);
	expect((await holderNow()).runId).toBe('mine');
	await release();
});

test('a lock of another host that an older version wrote is kept, and the way out is told', async () => {
	await leave({host: 'jump-2', pid: 1, ...older});
	await expect(acquireFileLock(file, me(), brief)).rejects.toMatchObject({
		problem: {
			code: 'install-locked',
			message: `The lock ${file} may be held: by process 1 of ada on jump-2, since 2026-01-02 03:04 UTC.`,
			cause:
				'It was written on another host by an older version of this program, of which it cannot be told from here whether it lives.',
			fix: `Make sure that it does not run there, remove ${file}, and start this command again.`,
			nextSteps: ['ps -fp 1 (on jump-2)', `rm ${file}`],
		},
	});
});

test('who waits for the lock of another host can stop', async () => {
	await elsewhere();
	const stop = new AbortController();
	const waiting = acquireFileLock(file, me(), {signal: stop.signal});
	stop.abort(new Error('Ctrl-C'));
	await expect(waiting).rejects.toThrow('Ctrl-C');
	expect((await holderNow()).runId).toBe('old');
});

/** The first loss that a holder is told of. */
const lossOf = async (spoil: () => Promise<unknown>): Promise<Problem> => {
	const lost = Promise.withResolvers<Problem>();
	const release = await acquireFileLock(file, me(), {...brief, onLost: lost.resolve});
	await spoil();
	const problem = await lost.promise;
	await release();
	return problem;
};

test('a run whose lock was taken over meanwhile is told, and leaves it to the other', async () => {
	expect(await lossOf(() => elsewhere())).toMatchObject({
		code: 'install-locked',
		area: 'locked',
		message: `Another run has taken over the lock ${file}.`,
		cause: 'This run did not renew it for a while: its process was halted, or the folder could not be reached.',
		fix: 'Let that run end, then try again; finished steps are not done twice.',
	});
	expect((await holderNow()).runId).toBe('old');
});

test('a run that cannot renew its lock is told before others take it for dead', async () => {
	const spoil = async (): Promise<void> => {
		await rm(path.dirname(file), {recursive: true});
		await writeFile(path.dirname(file), 'no folder');
	};
	expect(await lossOf(spoil)).toMatchObject({
		code: 'install-locked',
		message: `The lock ${file} could not be renewed for too long.`,
		cause: expect.stringContaining('So another run may start. '),
		fix: 'Make the folder reachable, then try again; finished steps are not done twice.',
	});
});

test('a lock that somebody removed by hand is written again', async () => {
	const release = await acquireFileLock(file, me(), brief);
	await rm(file);
	while ((await readdir(path.dirname(file))).length === 0) await sleep(10);
	expect((await holderNow()).runId).toBe('mine');
	await release();
});

test('a lock that cannot be given back is told in words, and nothing is thrown', async () => {
	const release = await acquireFileLock(file, me());
	await rm(path.dirname(file), {recursive: true});
	await writeFile(path.dirname(file), 'no folder');
	expect(await release()).toContain(`The lock ${file} could not be removed: `);
});

test('a run that died while it removed a dead lock does not block the next one', async () => {
	await leave({pid: await deadPid()});
	for (const guard of [
		JSON.stringify({...me('old'), birth: '1', pid: await deadPid(), ...processPlace(), beatMs: 3000}),
		'',
	]) {
		await leave({pid: await deadPid()});
		await writeFile(`${file}.removal`, guard);
		const release = await acquireFileLock(file, me());
		expect((await holderNow()).runId).toBe('mine');
		await release();
		expect(await readdir(path.dirname(file))).toEqual([]);
	}
});

test('a lock that somebody else took over meanwhile is not given back for them', async () => {
	const release = await acquireFileLock(file, me());
	await leave({host: 'jump-2', pid: 1});
	await release();
	expect((await holderNow()).host).toBe('jump-2');
});

test('a folder that cannot be written is told as such', async () => {
	await writeFile(path.join(folder, 'state'), '');
	await expect(acquireFileLock(path.join(folder, 'state', 'lock'), me())).rejects.toMatchObject({
		problem: {code: 'state-unwritable', area: 'usage'},
	});
	if (process.getuid?.() === 0) return;
	await chmod(folder, 0o500);
	await expect(acquireFileLock(path.join(folder, 'lock'), me())).rejects.toMatchObject({
		problem: {code: 'state-unwritable'},
	});
	await chmod(folder, 0o700);
});

test('the birth of a process is known while it lives', async () => {
	expect(await processBirth(process.pid)).toMatch(/^\d+$/u);
	expect(await processBirth(await deadPid())).toBeUndefined();
});

const taker = (runId: string) => {
	const child = spawn(process.execPath, [fileURLToPath(new URL('lock-taker.ts', import.meta.url)), file, runId]);
	children.push(child);
	let text = '';
	const said = async (wanted: RegExp): Promise<string> =>
		new Promise((resolve, reject) => {
			const look = (): void => {
				const found = wanted.exec(text);
				if (found) resolve(found[0]);
			};
			child.stdout.on('data', look);
			child.once('exit', () => reject(new Error(`ended after: ${text}`)));
			look();
		});
	child.stdout.on('data', (chunk: Buffer) => {
		text += chunk.toString();
	});
	child.stderr.on('data', (chunk: Buffer) => {
		text += chunk.toString();
	});
	return {child, said};
};

test.each([
	['a free lock', async () => undefined],
	['a dead lock', async () => leave({pid: await deadPid()})],
])('of twenty runs that take %s at the same moment exactly one gets it', async (_name, prepare) => {
	await prepare();
	const takers = Array.from({length: 20}, (_one, index) => taker(`run-${index}`));
	await Promise.all(takers.map(async ({said}) => said(/ready/u)));
	for (const {child} of takers) child.stdin.write('go\n');
	const words = await Promise.all(takers.map(async ({said}) => said(/taken|install-locked|lock-contended|Error.*/u)));
	expect(words.filter((word) => word === 'taken')).toHaveLength(1);
	expect(new Set(words)).toEqual(new Set(['taken', 'install-locked']));
	expect((await holderNow()).runId).toBe(`run-${words.indexOf('taken')}`);
});

test('the lock of a killed run is taken over', async () => {
	const first = taker('first');
	await first.said(/ready/u);
	first.child.stdin.write('go\n');
	await first.said(/taken/u);
	await expect(acquireFileLock(file, me())).rejects.toMatchObject({problem: {code: 'install-locked'}});
	first.child.kill('SIGKILL');
	await new Promise((resolve) => first.child.once('exit', resolve));
	const release = await acquireFileLock(file, me());
	expect((await holderNow()).runId).toBe('mine');
	await release();
});
