import {getEventListeners} from 'node:events';
import {readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import {createLimiter} from '../../source/registry/limiter.ts';
import {createFileMemo} from '../../source/registry/push/memo.ts';
import {createRetries, isTrouble} from '../../source/registry/retry.ts';
import {client, imageOf, never, noise, push, serve, temporary} from './helpers.ts';

const problem = (code: ProblemCode) => new ProblemError({code, area: 'registry', message: 'm', cause: 'c', fix: 'f'});
const dropped = () => Promise.reject(problem('registry-line-dropped'));
const fine = async () => {};

describe('the limiter', () => {
	test('runs no more than its width at once, in order', async () => {
		const limit = createLimiter(2);
		let running = 0;
		let most = 0;
		const order: number[] = [];
		await Promise.all(
			[1, 2, 3, 4, 5].map((number) =>
				limit(never, async () => {
					most = Math.max(most, ++running);
					order.push(number);
					await new Promise((next) => setImmediate(next));
					running--;
				}),
			),
		);
		expect(most).toBe(2);
		expect(order).toEqual([1, 2, 3, 4, 5]);
	});

	test('of those that wait the heaviest comes next, of one weight the one that came first', async () => {
		const limit = createLimiter(1);
		const gate = Promise.withResolvers<void>();
		const order: string[] = [];
		const first = limit(never, () => gate.promise, 1);
		const waiting = [
			['small', 1],
			['large', 9],
			['middle', 5],
			['large too', 9],
			['manifest', undefined],
		] as const;
		const all = waiting.map(([name, weight]) => limit(never, async () => void order.push(name), weight));
		gate.resolve();
		await Promise.all([first, ...all]);
		expect(order).toEqual(['large', 'large too', 'middle', 'small', 'manifest']);
	});

	test('many that wait with one signal cost it one listener, and leave together; others keep their turns', async () => {
		const limit = createLimiter(1);
		const [leaving, staying] = [new AbortController(), new AbortController()];
		const gate = Promise.withResolvers<void>();
		const order: number[] = [];
		const tasks = [
			limit(staying.signal, () => gate.promise),
			...Array.from({length: 3000}, (_none, index) =>
				limit((index % 2 === 0 ? leaving : staying).signal, async () => void order.push(index)),
			),
		];
		expect([leaving, staying].map(({signal}) => getEventListeners(signal, 'abort').length)).toEqual([1, 1]);
		const settled = Promise.allSettled(tasks);
		leaving.abort(new Error('stopped'));
		gate.resolve();
		const rejected = (await settled).filter(({status}) => status === 'rejected');
		expect(rejected).toHaveLength(1500);
		expect(order).toEqual(Array.from({length: 1500}, (_none, index) => index * 2 + 1));
		expect(getEventListeners(staying.signal, 'abort')).toHaveLength(0);
		expect(await limit(staying.signal, async () => 'next')).toBe('next');
	});

	test('halves after a failure of line or registry, down to one, and grows by one after a row of successes', async () => {
		const limit = createLimiter(8, isTrouble);
		const widths: number[] = [];
		for (let round = 0; round < 4; round++) {
			await expect(limit(never, dropped)).rejects.toThrow();
			widths.push(limit.width());
		}
		expect(widths).toEqual([4, 2, 1, 1]);
		for (let round = 0; round < 4; round++) await limit(never, fine);
		expect(limit.width()).toBe(2);
		for (let round = 0; round < 7; round++) await limit(never, fine);
		expect(limit.width()).toBe(2);
		await limit(never, fine);
		expect(limit.width()).toBe(3);
		for (let round = 0; round < 500; round++) await limit(never, fine);
		expect(limit.width()).toBe(8);
	});

	test('one cause that meets all connections at once halves once; other failures do not halve', async () => {
		const limit = createLimiter(8, isTrouble);
		await Promise.allSettled(Array.from({length: 8}, () => limit(never, dropped)));
		expect(limit.width()).toBe(4);
		await expect(limit(never, () => Promise.reject(problem('registry-denied')))).rejects.toThrow();
		expect(limit.width()).toBe(4);
	});

	test('a task that waits leaves the queue when it is aborted, and the next one runs', async () => {
		const limit = createLimiter(1);
		let free = () => {};
		const first = limit(never, () => new Promise<void>((done) => (free = done)));
		const controller = new AbortController();
		const second = limit(controller.signal, fine);
		const third = limit(never, async () => 'third');
		controller.abort();
		await expect(second).rejects.toThrow();
		free();
		await first;
		expect(await third).toBe('third');
	});
});

test('progress beyond what any attempt reached makes the next failure count as the first', async () => {
	const table = {'registry-line-dropped': {attempts: 2, pausesMs: [0]}};
	let calls = 0;
	await expect(
		createRetries(table, {sleep: async () => {}}).run(never, async (advance) => {
			calls++;
			if (calls < 5) advance();
			return dropped();
		}),
	).rejects.toThrow();
	expect(calls).toBe(5);
});

test('a push under a bound of bandwidth arrives whole and is no stall', async () => {
	const server = await serve();
	const registry = client(server.host, {maxBytesPerSecond: 400_000, timeouts: {stall: 150}});
	await push(registry, imageOf('x', [noise('x', 300_000)]), 'zenml/x');
	expect(await server.has('zenml/x', '1.0')).toBe(true);
});

describe('the memo of uploads', () => {
	const digest = `sha256:${'a'.repeat(64)}`;

	test('is for its owner alone, survives the process, and goes with the last upload', async () => {
		const file = join(await temporary(), 'deep', 'uploads.json');
		const memo = createFileMemo({file, registry: 'r:1'});
		await Promise.all([memo.keep('a', digest, 'https://r/1?sig=x'), memo.keep('b', digest, 'https://r/2')]);
		expect((await stat(file)).mode & 0o777).toBe(0o600);
		const later = createFileMemo({file, registry: 'r:1'});
		expect(await later.find('a', digest)).toBe('https://r/1?sig=x');
		expect(await createFileMemo({file, registry: 'other:1'}).find('a', digest)).toBeUndefined();
		await later.forget('a', digest);
		expect(await readFile(file, 'utf8')).not.toContain('sig=x');
		await later.forget('b', digest);
		await expect(stat(file)).rejects.toThrow('ENOENT');
	});

	test.each(['', '{', '[]', '{"version":2,"uploads":[]}', '{"version":1,"uploads":[{"registry":1}]}'])(
		'a file that holds %j counts as empty',
		async (content) => {
			const file = join(await temporary(), 'uploads.json');
			await writeFile(file, content);
			expect(await createFileMemo({file, registry: 'r'}).find('a', digest)).toBeUndefined();
		},
	);

	test('what is older than a week is forgotten', async () => {
		const file = join(await temporary(), 'uploads.json');
		const entry = (repository: string, days: number) => ({
			registry: 'r',
			repository,
			digest,
			location: `https://r/${repository}`,
			time: new Date(Date.now() - days * 24 * 3600 * 1000).toISOString(),
		});
		await writeFile(file, JSON.stringify({version: 1, uploads: [entry('old', 8), entry('new', 6)]}));
		const memo = createFileMemo({file, registry: 'r'});
		expect(await memo.find('old', digest)).toBeUndefined();
		expect(await memo.find('new', digest)).toBe('https://r/new');
	});
});
