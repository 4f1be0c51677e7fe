import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {hostname, tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {bounded, graceMs} from '../../source/base/bounded.ts';
import {acquireFileLock, liveHolder} from '../../source/base/lock/lock.ts';
import {type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import {fakeClock} from './fake-clock.ts';

let folder = '';
let file = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'base-problems-'));
	file = path.join(folder, 'lock');
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const me = {pid: process.pid, host: hostname(), user: 'ada', runId: 'mine', startedAt: Date.UTC(2026, 0, 2, 3, 4, 5)};
const alive = async (): Promise<string> => '7';

/** A holder of this host whose process is gone. */
const leaveDead = (at: string): Promise<void> =>
	writeFile(at, JSON.stringify({...me, pid: 1, birth: 'gone', runId: 'old'}));

type Told = {readonly code: ProblemCode; readonly message: string; readonly cause: string; readonly fix: string};

const refusals: readonly (readonly [title: string, act: () => Promise<unknown>, told: () => Told])[] = [
	[
		'a second run on one host',
		async () => {
			await acquireFileLock(file, me, {birthOf: alive});
			await acquireFileLock(file, {...me, runId: 'second'}, {birthOf: alive});
		},
		() => ({
			code: 'install-locked',
			message: `Another run is under way: process ${process.pid} of ada on ${hostname()}, since 2026-01-02 03:04 UTC.`,
			cause: `It holds the lock ${file}.`,
			fix: 'Wait for it, or stop it there with Ctrl-C; then start this command again.',
		}),
	],
	[
		'a link in the place of the lock',
		async () => {
			await symlink('/dev/null', file);
			await acquireFileLock(file, me, {birthOf: alive});
		},
		() => ({
			code: 'lock-not-ours',
			message: `${file} is in the way: this program keeps its lock under that name.`,
			cause: 'It is a link, a folder or a device.',
			fix: 'Look at it, move it elsewhere, and start this command again.',
		}),
	],
	[
		'a note in the place of the lock',
		async () => {
			await writeFile(file, 'a note of mine\n');
			await acquireFileLock(file, me, {birthOf: alive});
		},
		() => ({
			code: 'lock-not-ours',
			message: `${file} is in the way: this program keeps its lock under that name.`,
			cause: 'It holds something else than a lock of this program.',
			fix: 'Look at it, move it elsewhere, and start this command again.',
		}),
	],
	[
		'a folder that is a file',
		async () => {
			await writeFile(file, '');
			await acquireFileLock(path.join(file, 'lock'), me, {birthOf: alive});
		},
		() => ({
			code: 'state-unwritable',
			message: `The lock ${path.join(file, 'lock')} cannot be taken.`,
			cause: 'The system refuses it: Something of that name is there already.',
			fix: 'Make room or make its folder writable (chmod), or name another folder with --state-dir.',
		}),
	],
	[
		'work that does not end in time',
		async () => {
			const clock = fakeClock();
			const work = bounded(() => new Promise(() => undefined), {
				ms: 90_000,
				signal: new AbortController().signal,
				clock,
				area: 'cluster',
				what: 'Images (apply)',
				reason: () => 'layer 3 of 7',
			});
			await clock.drive(work);
		},
		() => ({
			code: 'time-out',
			message: 'Images (apply) did not end within 90 s.',
			cause: 'It was still busy with: layer 3 of 7.',
			fix: 'Look at the log for what it waited for, mend that, and try again; what is done already stays done.',
		}),
	],
];

test.each(refusals)('%s is refused with its cause and the next move', async (_title, act, told) => {
	const error = await act().then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof ProblemError)) throw new Error(`It was not refused: ${String(error)}`);
	expect(error.problem).toMatchObject(told());
});

test('a time-out belongs to the part of the world that was waited for, and comes after a time to clean up', async () => {
	const clock = fakeClock();
	const work = bounded(() => new Promise(() => undefined), {
		ms: 1000,
		signal: new AbortController().signal,
		clock,
		area: 'registry',
		what: 'x',
		reason: () => 'y',
	});
	await expect(clock.drive(work)).rejects.toMatchObject({problem: {area: 'registry'}});
	expect(clock.now()).toBe(1000 + graceMs);
});

test('a lock that changes hands again and again is told as contended', async () => {
	// The second lock is dead too and comes back each time, as if another run were always quicker.
	await leaveDead(file);
	const birthOf = async (pid: number): Promise<string | undefined> => {
		if (pid === process.pid) return '7';
		await leaveDead(`${file}.removal`);
		return undefined;
	};
	await expect(acquireFileLock(file, me, {birthOf})).rejects.toMatchObject({
		problem: {
			code: 'lock-contended' satisfies ProblemCode,
			area: 'locked',
			message: `The lock ${file} cannot be taken.`,
			cause: 'Several runs started at the same moment.',
			fix: `Start this command again. If it stays so and nobody installs, remove ${file}.removal.`,
		},
	});
});

test('who holds a lock is told while that process lives, and of another host always', async () => {
	expect(await liveHolder(file, hostname(), {birthOf: alive})).toBeUndefined();
	await acquireFileLock(file, me, {birthOf: alive});
	expect(await liveHolder(file, hostname(), {birthOf: alive})).toMatchObject({runId: 'mine'});
	expect(await liveHolder(file, hostname(), {birthOf: async () => undefined})).toBeUndefined();
	expect(await liveHolder(file, 'elsewhere', {birthOf: async () => undefined, place: {}})).toMatchObject({
		runId: 'mine',
	});
});

test('a lock that cannot be read is refused, not taken over', async () => {
	await mkdir(path.join(folder, 'deep'));
	const unreadable = path.join(folder, 'x'.repeat(300));
	await expect(acquireFileLock(unreadable, me, {birthOf: alive})).rejects.toMatchObject({
		problem: {
			code: 'state-unwritable' satisfies ProblemCode,
			cause: 'The system refuses it: The path is longer than this file system allows.',
		},
	});
	await expect(liveHolder(unreadable, hostname(), {birthOf: alive})).rejects.toMatchObject({
		problem: {code: 'state-unwritable' satisfies ProblemCode},
	});
});
