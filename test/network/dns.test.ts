import {createSocket} from 'node:dgram';
import {once} from 'node:events';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type RunningNameServer, startNameServer} from '../../rehearsal/name-server/index.ts';
import {isAbort, ProblemError} from '../../source/base/problem.ts';
import {createDns} from '../../source/network/dns.ts';

const {signal} = new AbortController();
let server: RunningNameServer;

beforeAll(async () => {
	server = await startNameServer();
});

afterAll(async () => server.stop());

const ours = () => createDns({server: `127.0.0.1:${server.port}`, timeoutMs: 3000});

test('all addresses of a name come back, IPv4 and IPv6, and none for a name that does not exist', async () => {
	server.set('a.example.internal', ['10.0.0.1', 'fd00::1']);
	expect(await ours().resolve('a.example.internal', signal)).toEqual(['10.0.0.1', 'fd00::1']);
	expect(await ours().resolve('b.example.internal', signal)).toEqual([]);
	expect(await ours().resolve('10.9.8.7', signal)).toEqual(['10.9.8.7']);
	expect(ours().server).toBe(`127.0.0.1:${server.port}`);
});

test('a record that appears later is seen by the next question', async () => {
	const dns = ours();
	expect(await dns.resolve('late.example.internal', signal)).toEqual([]);
	server.set('late.example.internal', ['10.0.0.9']);
	expect(await dns.resolve('late.example.internal', signal)).toEqual(['10.0.0.9']);
});

test("without a server the host's own view counts, with its hosts file", async () => {
	const dns = createDns();
	expect(await dns.resolve('localhost', signal)).toContain('127.0.0.1');
	expect(dns.server).toContain('hosts file');
});

/** A name server that takes questions and never answers. */
const withSilentServer = async <Result>(work: (server: string, asked: Promise<unknown>) => Promise<Result>) => {
	const silent = createSocket('udp4');
	silent.bind(0, '127.0.0.1');
	await once(silent, 'listening');
	try {
		return await work(`127.0.0.1:${silent.address().port}`, once(silent, 'message'));
	} finally {
		silent.close();
	}
};

test('a server that does not answer is a problem that names it', async () => {
	const error = await withSilentServer(async (address) =>
		createDns({server: address, timeoutMs: 600})
			.resolve('a.example.internal', signal)
			.catch((caught: unknown) => caught),
	);
	if (!(error instanceof ProblemError)) throw error;
	expect(error.problem).toMatchObject({
		code: 'dns-unanswered',
		area: 'prerequisites',
		who: 'network team',
		answers: ['network.nameServer'],
		evidence: [expect.stringMatching(/^a\.example\.internal, asked of 127\.0\.0\.1:\d+: ETIMEOUT$/u)],
		nextSteps: [expect.stringMatching(/^nslookup -port=\d+ a\.example\.internal 127\.0\.0\.1$/u)],
	});
	expect(error.problem.cause).toMatch(
		/^Asked: 127\.0\.0\.1:\d+\. It did not answer in time; a firewall may drop what is sent there\.$/u,
	);
});

test('an abort ends the question', async () => {
	const controller = new AbortController();
	const error = await withSilentServer(async (address, asked) => {
		const question = createDns({server: address, timeoutMs: 60_000}).resolve('a.example.internal', controller.signal);
		question.catch(() => undefined);
		await asked;
		controller.abort();
		return question.catch((caught: unknown) => caught);
	});
	expect(isAbort(error)).toBe(true);
});

test.each(['ns1.example.internal', 'ns1.example.internal:53', '300.1.1.1'])(
	'%s is refused as a name server',
	(value) => {
		expect(() => createDns({server: value})).toThrow(ProblemError);
	},
);

test.each(['10.0.0.2', '10.0.0.2:5353', 'fd00::2', '[fd00::2]', '[fd00::2]:5353'])(
	'%s is taken as a name server',
	(value) => {
		expect(createDns({server: value}).server).toBe(value);
	},
);
