import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {unpackedOf} from '../../../source/archive/range.ts';
import type {ProblemCode} from '../../../source/base/problem.ts';
import {bytesOf, type HashJob, type Range, runHashJob} from '../../../source/bundle/verify/hash-job.ts';
import {runHashJobs} from '../../../source/bundle/verify/hash-pool.ts';
import {startHashThread} from '../../../source/bundle/verify/hash-thread.ts';
import {sha256Of} from '../../../source/oci/digest.ts';
import {sliceOf} from '../../archive/helpers.ts';
import {never, problemOf, temporary} from '../helpers.ts';

const bytes = Buffer.from(Array.from({length: 3_000_000}, (_, index) => (index * 7) % 251));

const range = (from: number, size: number, digest = sha256Of(bytes.subarray(from, from + size))): Range => ({
	from,
	size,
	digest,
	file: 'a',
	what: 'file',
});

const other = sha256Of('other');

describe.each([true, false])('where the thread may wait for the disk: %s', (mayWait) => {
	const run = (job: HashJob, onBytes = (_bytes: number) => {}) => runHashJob(job, {onBytes, mayWait});

	test('ranges that overlap, touch or are empty are hashed in one pass, in whatever order they are given', async () => {
		const ranges = [range(2_999_999, 1), range(0, 3_000_000), range(10, 0), range(5, 1_048_576), range(3_000_000, 0)];
		let read = 0;
		const slice = await sliceOf(bytes);
		expect(
			await run({slice, ranges}, (more) => {
				read += more;
			}),
		).toEqual([]);
		expect(read).toBe(bytes.length);
	});

	test('each range with other bytes is told, and no other', async () => {
		const wrong = [range(7, 100, other), range(3_000_000, 0, other)];
		const found = await run({slice: await sliceOf(bytes), ranges: [range(0, 10), ...wrong, range(50, 50)]});
		expect(found.map((one) => one.range)).toEqual(wrong);
		expect(found[0]?.actual).toBe(sha256Of(bytes.subarray(7, 107)));
	});

	test('a file that is shorter than it was is refused', async () => {
		const slice = {...(await sliceOf(bytes)), size: 3_000_001};
		expect(await problemOf(run({slice, ranges: [range(0, 3_000_000)]}))).toMatchObject({
			code: 'bundle-archive-truncated' satisfies ProblemCode,
			cause: 'The file ends at byte 3000000 of 3000001.',
		});
	});

	test('a file that is not there is refused by its name in the bundle', async () => {
		const slice = {...(await sliceOf(bytes, 'images/a.tar')), file: '/nowhere/a.tar'};
		expect(await problemOf(run({slice, ranges: []}))).toMatchObject({
			code: 'bundle-not-found' satisfies ProblemCode,
			message: 'There is no file or folder at images/a.tar.',
		});
	});
});

test('of a compressed file its own bytes are hashed on the way to what comes out', async () => {
	const packedBytes = gzipSync(bytes);
	const from = await sliceOf(packedBytes);
	const slice = unpackedOf(from, 'gzip');
	const own: Range = {...range(0, packedBytes.length, sha256Of(packedBytes)), file: 'a.gz'};
	let read = 0;
	const job = {slice, ranges: [range(100, 200)], packed: own};
	const onBytes = (more: number): void => {
		read += more;
	};
	expect(await runHashJob(job, {onBytes})).toEqual([]);
	expect([read, bytesOf(job)]).toEqual([packedBytes.length, packedBytes.length]);
	const wrong = {...own, digest: other};
	expect(await runHashJob({...job, packed: wrong}, {onBytes})).toEqual([{range: wrong, actual: own.digest}]);
	expect(bytesOf({slice: unpackedOf(slice, 'gzip'), ranges: []})).toBe(0);
});

describe('a thread', () => {
	test('tells what it read, and which ranges of the job are wrong', async () => {
		const thread = startHashThread();
		try {
			const wrong = range(1, 2, other);
			let read = 0;
			const job = {slice: await sliceOf(bytes), ranges: [range(0, 9), wrong]};
			const found = await thread.hash(job, never, (more) => {
				read += more;
			});
			expect(found).toEqual([{range: wrong, actual: sha256Of(bytes.subarray(1, 3))}]);
			expect(found[0]?.range).toBe(wrong);
			expect(read).toBe(bytes.length);
		} finally {
			await thread.end();
		}
	});

	test('hands over a refusal as one, and goes on with the next job', async () => {
		const thread = startHashThread();
		try {
			const slice = {...(await sliceOf(bytes)), file: '/nowhere/a'};
			expect((await problemOf(thread.hash({slice, ranges: []}, never, () => {}))).code).toBe(
				'bundle-not-found' satisfies ProblemCode,
			);
			expect(await thread.hash({slice: await sliceOf(bytes), ranges: [range(0, 1)]}, never, () => {})).toEqual([]);
		} finally {
			await thread.end();
		}
	});

	test('hands over what it did not expect as it was thrown', async () => {
		const thread = startHashThread();
		try {
			const job = {slice: await sliceOf(bytes), ranges: 7} as unknown as HashJob;
			await expect(thread.hash(job, never, () => {})).rejects.toThrow(TypeError);
			await expect(thread.hash(job, AbortSignal.abort(new Error('enough')), () => {})).rejects.toThrow('enough');
		} finally {
			await thread.end();
		}
	});
});

test('a file that cannot be read does not stop the others, in threads or without', async () => {
	const good = {slice: await sliceOf(Buffer.alloc(40 * 1024 ** 2)), ranges: []};
	const folder = join(await temporary(), 'folder');
	await mkdir(folder);
	const bad = {slice: {...good.slice, file: folder}, ranges: []};
	for (const threads of [1, 2]) {
		const outcomes: string[] = [];
		await runHashJobs({
			jobs: [bad, good],
			threads,
			signal: never,
			onBytes: () => {},
			onDone: async (job, outcome) => {
				outcomes.push(`${job === bad ? 'bad' : 'good'} ${'problem' in outcome ? outcome.problem.code : 'hashed'}`);
			},
		});
		expect(outcomes.sort()).toEqual(['bad bundle-unreadable', 'good hashed']);
	}
});

test('what the teller throws ends the work of all threads', async () => {
	const job = async () => ({slice: await sliceOf(Buffer.alloc(40 * 1024 ** 2)), ranges: []});
	const work = runHashJobs({
		jobs: [await job(), await job(), await job()],
		threads: 2,
		signal: never,
		onBytes: () => {},
		onDone: () => Promise.reject(new Error('the disk is full')),
	});
	await expect(work).rejects.toThrow('the disk is full');
});
