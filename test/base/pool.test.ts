import {expect, test} from 'vitest';
import {createTurns, inPool} from '../../source/base/pool.ts';

/** Work that ends when it is told to. */
const held = () => {
	const begun: string[] = [];
	const ends = new Map<string, {readonly resolve: (value: string) => void; readonly reject: (error: Error) => void}>();
	const work = (name: string): Promise<string> => {
		begun.push(name);
		const {promise, resolve, reject} = Promise.withResolvers<string>();
		ends.set(name, {resolve, reject});
		return promise;
	};
	const turn = () => new Promise((resolve) => setImmediate(resolve));
	return {
		begun,
		work,
		end: async (name: string, error?: Error) => {
			if (error) ends.get(name)?.reject(error);
			else ends.get(name)?.resolve(name.toUpperCase());
			await turn();
		},
		turn,
	};
};

test('as many run at once as the pool is wide, and results stand in the order of the items', async () => {
	const {begun, work, end, turn} = held();
	const all = inPool(['a', 'b', 'c'], 2, work);
	await turn();
	expect(begun).toEqual(['a', 'b']);
	await end('b');
	expect(begun).toEqual(['a', 'b', 'c']);
	await end('c');
	await end('a');
	expect(await all).toEqual(['A', 'B', 'C']);
});

test('after a failure nothing is begun, and it is thrown only when all that runs has ended', async () => {
	const {begun, work, end, turn} = held();
	let outcome: unknown;
	const all = inPool(['a', 'b', 'c', 'd'], 2, work).catch((error: unknown) => {
		outcome = error;
	});
	await turn();
	await end('a', new Error('first'));
	expect([begun, outcome]).toEqual([['a', 'b'], undefined]);
	await end('b', new Error('second'));
	await all;
	expect(begun).toEqual(['a', 'b']);
	expect(outcome).toEqual(new Error('first'));
});

test('work that throws before it gives a promise is a failure like any other', async () => {
	const thrown = inPool([1], 1, () => {
		throw new Error('at once');
	});
	await expect(thrown).rejects.toThrow('at once');
});

test('no items are no work', async () => {
	expect(await inPool([], 3, () => Promise.reject(new Error('none')))).toEqual([]);
});

test('turns are taken in the order in which they were asked for, also after a failure', async () => {
	const {begun, work, end, turn} = held();
	const {signal} = new AbortController();
	const turns = createTurns(1);
	const first = turns(signal, async () => work('a'));
	const second = turns(signal, async () => work('b'));
	const third = turns(signal, async () => work('c'));
	await turn();
	expect(begun).toEqual(['a']);
	const failed = expect(first).rejects.toThrow('no');
	await end('a', new Error('no'));
	await failed;
	expect(begun).toEqual(['a', 'b']);
	await end('b');
	await end('c');
	expect(await Promise.all([second, third])).toEqual(['B', 'C']);
	const last = turns(signal, async () => work('d'));
	await turn();
	expect(begun).toEqual(['a', 'b', 'c', 'd']);
	await end('d');
	expect(await last).toBe('D');
});

test('who waits for a turn leaves the line when it is stopped, and who comes too late does not begin', async () => {
	const {begun, work, end, turn} = held();
	const {signal} = new AbortController();
	const stop = new AbortController();
	const turns = createTurns(1);
	const first = turns(signal, async () => work('a'));
	const stopped = turns(stop.signal, async () => work('b'));
	const third = turns(signal, async () => work('c'));
	const reason = new Error('stopped');
	stop.abort(reason);
	await expect(stopped).rejects.toBe(reason);
	await expect(turns(stop.signal, async () => work('d'))).rejects.toBe(reason);
	await end('a');
	await turn();
	expect(begun).toEqual(['a', 'c']);
	await end('c');
	expect(await Promise.all([first, third])).toEqual(['A', 'C']);
});
