import {expect, test} from 'vitest';
import {createTurns, inPool, shared} from '../../source/base/pool.ts';

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

test('who asks while it is under way gets the same, and who asks later gets it anew', async () => {
	const {begun, work, end} = held();
	const {signal} = new AbortController();
	const ask = shared(async () => work(`work ${begun.length + 1}`));
	const both = [ask(signal), ask(new AbortController().signal)];
	await end('work 1');
	expect(await Promise.all(both)).toEqual(['WORK 1', 'WORK 1']);
	const later = ask(signal);
	expect(begun).toEqual(['work 1', 'work 2']);
	await end('work 2');
	expect(await later).toBe('WORK 2');
});

test('a failure is told to all who asked, and the next one asks anew', async () => {
	const {begun, work, end} = held();
	const {signal} = new AbortController();
	const ask = shared(async () => work(`work ${begun.length + 1}`));
	const told = Promise.allSettled([ask(signal), ask(new AbortController().signal)]);
	await end('work 1', new Error('no'));
	expect((await told).map(({status}) => status)).toEqual(['rejected', 'rejected']);
	const later = ask(signal);
	await end('work 2');
	expect(await later).toBe('WORK 2');
});

test('who is stopped leaves alone, also the one for whom it was begun', async () => {
	const {begun, work, end, turn} = held();
	const [first, second] = [new AbortController(), new AbortController()];
	const ask = shared(async (signal) => {
		const name = `work ${begun.length + 1}`;
		const stopped = new Promise<never>((_resolve, reject) =>
			signal.addEventListener('abort', () => reject(signal.reason)),
		);
		return Promise.race([work(name), stopped]);
	});
	const [one, other] = [ask(first.signal), ask(second.signal)];
	const left = expect(one).rejects.toThrow('first is stopped');
	first.abort(new Error('first is stopped'));
	await left;
	await turn();
	expect(begun).toEqual(['work 1', 'work 2']);
	const third = ask(new AbortController().signal);
	const gone = expect(other).rejects.toThrow('second is stopped');
	second.abort(new Error('second is stopped'));
	await gone;
	await turn();
	expect(begun).toEqual(['work 1', 'work 2', 'work 3']);
	await end('work 3');
	expect(await third).toBe('WORK 3');
});
