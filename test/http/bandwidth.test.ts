import {expect, test} from 'vitest';
import {createBandwidth} from '../../source/http/bandwidth.ts';
import {never, open, ringBody, serve} from './support.ts';

test('a bound on the bandwidth makes bytes wait, all connections together, and ends with the signal', async () => {
	let now = 1000;
	const waits: number[] = [];
	const wait = async (ms: number) => void waits.push(ms);
	const bandwidth = createBandwidth(1_000_000, {now: () => now, wait});
	await bandwidth.take(300_000, never);
	await bandwidth.take(300_000, never);
	// The first tenth of a second goes at once; from then on each byte has its turn.
	expect(waits).toEqual([200, 500]);
	now += 2000;
	await bandwidth.take(50_000, never);
	expect(waits).toEqual([200, 500]);
	const controller = new AbortController();
	const waiting = createBandwidth(1024).take(60_000_000, controller.signal);
	controller.abort();
	await expect(waiting).rejects.toThrow();
});

test('an exchange takes its turn for every piece, and waiting for it is no silence', async () => {
	const {url} = await serve((request, response) => void request.resume().on('end', () => response.end()));
	const taken: number[] = [];
	const bandwidth = {
		pieceBytes: 40_000,
		take: async (bytes: number) => {
			taken.push(bytes);
			await new Promise((next) => setTimeout(next, 30));
		},
	};
	const {body} = ringBody(2, 2, 50_000);
	await open({bandwidth, timeouts: {stall: 20}})({url, method: 'PUT', body});
	expect(taken).toEqual([40_000, 10_000, 40_000, 10_000]);
});
