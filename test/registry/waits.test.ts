import {describe, expect, test} from 'vitest';
import type {ProblemCode} from '../../source/base/problem.ts';
import {ProblemError} from '../../source/base/problem.ts';
import {createRetries, defaultRetries, type Wait, waitText} from '../../source/registry/retry.ts';
import {client, never, problemOf} from './helpers.ts';
import {answering} from './pull/support.ts';

/** A registry that answers that for ever, and what a client with the usual pauses tells and waits. */
const waiting = async (status: number, headers: Record<string, string> = {}) => {
	const server = await answering((_request, response) => {
		response.writeHead(status, headers).end('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}');
		return undefined;
	});
	const waits: Wait[] = [];
	let waited = 0;
	const clock = {
		sleep: async (ms: number): Promise<void> => {
			waited += ms;
		},
	};
	const registry = client(server.host, {clock, retries: defaultRetries, onWait: (wait) => waits.push(wait)});
	const problem = await problemOf(registry.ping(never));
	return {host: server.host, problem, waits, waited, requests: server.requests.length};
};

describe('a registry that asks to wait', () => {
	test('longer than is waited here is refused at once with the time that it asks for', async () => {
		for (const status of [429, 503]) {
			const {problem, waited, requests} = await waiting(status, {'retry-after': '3600'});
			expect(problem.cause).toContain('asks to wait 3600 s');
			expect([waited, requests]).toEqual([0, 1]);
		}
	});

	test('is waited for as long as it asks, and each wait is told with who asked for it', async () => {
		const {host, waits, waited} = await waiting(429, {'retry-after': '90'});
		expect(waited).toBe(5 * 90_000);
		expect(waits[0]).toMatchObject({address: host, ms: 90_000, asked: true, attempt: 1, attempts: 6});
		expect(waitText(waits[0] as Wait, Date.UTC(2026, 0, 1, 10, 0, 0))).toBe(
			`${host}: It takes no more requests for now. Waiting 90 s, until 10:01:30 UTC (it asks for that; failed 1 of 6 times).`,
		);
	});

	test('for ever without a time is told of, wait by wait', async () => {
		const {waits, problem} = await waiting(429);
		expect(waits.map(({attempt}) => attempt).length).toBeGreaterThanOrEqual(3);
		expect(waits.every(({asked}) => !asked)).toBe(true);
		expect(problem.code).toBe('registry-rate-limited');
	});
});

test('many that wait for the same are told of once', async () => {
	const waits: Wait[] = [];
	const code: ProblemCode = 'registry-rate-limited';
	const retries = createRetries({[code]: {attempts: 2, pausesMs: [4000]}}, {sleep: async () => {}}, (wait) =>
		waits.push(wait),
	);
	const busy = new ProblemError({code, area: 'registry', message: 'm', cause: 'It is busy.', fix: 'f'});
	const work = () => retries.run(never, () => Promise.reject(busy));
	await Promise.allSettled([work(), work(), work()]);
	expect(waits).toHaveLength(1);
});
