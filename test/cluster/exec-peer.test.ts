import {Writable} from 'node:stream';
import {describe, expect, it} from 'vitest';
import {meetAll, outcomeOf, patienceMs} from '../helpers/mutants.ts';
import {frame, http, ownEnd, startPeer, stdin, success, wordsOf} from './support/exec-peer.ts';
import {problemOf} from './support/problem-of.ts';

it('a request has the token, the words of the command and the newer protocol alone where there is a stdin', async () => {
	const {asked, exec} = await startPeer({
		talk: (socket, request) => {
			if (wordsOf(request).length > 1) socket.send(ownEnd(request, '0'));
			socket.send(success);
		},
	});
	await exec({command: ['a b', 'c'], container: 'one', stdin: stdin()});
	await exec();
	const [withStdin, without] = asked;
	expect(withStdin?.headers).toMatchObject({
		authorization: 'Bearer token-of-me',
		'sec-websocket-protocol': 'v5.channel.k8s.io',
		'user-agent': 'zenml-airgap',
	});
	expect(withStdin?.url).toMatch(
		/^\/api\/v1\/namespaces\/n\/pods\/p\/exec\?command=sh&command=-c&.*&command=sh&command=zenml-airgap-[0-9a-f]{16}&command=a\+b&command=c&container=one&stdin=true&stdout=false&stderr=true&tty=false$/u,
	);
	expect(without?.url).toBe(
		'/api/v1/namespaces/n/pods/p/exec?command=cat&stdin=false&stdout=false&stderr=true&tty=false',
	);
	expect(without?.headers['sec-websocket-protocol']).toBe('v5.channel.k8s.io,v4.channel.k8s.io');
});

it('a server that does not know the newer protocol is asked by the older one, with a command that finds its end', async () => {
	const {asked, exec} = await startPeer({
		speaks: ['v4.channel.k8s.io'],
		decline: ({headers}) =>
			headers['sec-websocket-protocol'] === 'v5.channel.k8s.io' ? http(403, '', 'text/plain') : undefined,
		talk: (socket, request) =>
			socket.on('message', (message: Buffer) => {
				if (!message.toString('latin1').endsWith('0\n')) return;
				socket.send(ownEnd(request, '0'));
				socket.send(success);
			}),
	});
	expect(await exec({stdin: stdin()})).toEqual({exitCode: 0, stderr: ['last words']});
	expect(asked.map((request) => wordsOf(request)[2]?.includes('dd bs='))).toEqual([false, true]);
});

it.each([
	['a login page', 200, '<html>Log in</html>'],
	['a proxy that lets no upgrade through', 400, 'Bad Request'],
	['a proxy that asks for another protocol', 426, 'Upgrade Required'],
	['a redirect', 302, ''],
])('%s is told as what stands in the way', async (_what, status, body) => {
	const {exec} = await startPeer({decline: () => http(status, body)});
	const told = await problemOf(exec({stdin: stdin()}));
	expect(told).toMatchObject({
		code: 'exec-no-websocket',
		message: 'No command can be run in the pod p of n.',
		cause: expect.stringContaining(`does not let the connection become a WebSocket (HTTP ${status}).`),
		fix: 'Have what stands between this host and the API server let WebSocket upgrades of pods/exec through.',
	});
});

it('an API server that heard of no upgrade is told so too', async () => {
	const body = JSON.stringify({kind: 'Status', status: 'Failure', code: 400, message: 'Upgrade request required'});
	const {exec} = await startPeer({decline: () => http(400, body, 'application/json')});
	expect((await problemOf(exec())).code).toBe('exec-no-websocket');
});

it('a server error keeps its own code, and a refused token too', async () => {
	const {exec} = await startPeer({decline: () => http(503, 'no backend')});
	expect((await problemOf(exec())).code).toBe('kubernetes-server-error');
	const body = JSON.stringify({
		kind: 'Status',
		status: 'Failure',
		code: 401,
		reason: 'Unauthorized',
		message: 'Unauthorized',
	});
	const refusing = await startPeer({decline: () => http(401, body, 'application/json')});
	expect((await problemOf(refusing.exec())).code).toBe('kubernetes-unauthorized');
});

describe('a peer that says nothing any more', () => {
	it('is given up after a time, where it has read all', async () => {
		const {exec} = await startPeer({talk: (socket) => socket.pause()});
		expect(await problemOf(exec())).toMatchObject({
			code: 'exec-broken',
			cause: 'Nothing was heard of it for 0 s; what the program has done is not known.',
			fix: 'Try again; if it stays, look at the pod, its node, and the load balancer of the API server.',
		});
	});
	it('is waited for longer, where a busy program has not read its stdin', async () => {
		const {exec} = await startPeer({
			talk: (socket, request) => {
				socket.pause();
				setTimeout(() => {
					socket.resume();
					socket.send(ownEnd(request, '0'));
					socket.send(success);
				}, 400);
			},
		});
		expect(await exec({stdin: stdin()})).toMatchObject({exitCode: 0});
	});
	it('is waited for as long as it answers whether it is there', async () => {
		const {exec} = await startPeer({
			talk: (socket, request) =>
				setTimeout(() => {
					socket.send(ownEnd(request, '0'));
					socket.send(success);
				}, 600),
		});
		expect(await exec({stdin: stdin()})).toMatchObject({exitCode: 0});
	});
	it('is not taken for silent while its output is not taken', async () => {
		const {exec} = await startPeer({
			talk: (socket) => {
				socket.send(frame(1, 'x'.repeat(100_000)));
				socket.send(success);
			},
		});
		const slow = new Writable({highWaterMark: 10, write: (_chunk, _encoding, done) => setTimeout(done, 500)});
		expect(await exec({stdout: slow})).toMatchObject({exitCode: 0});
	});
});

it.each<readonly [string, Buffer | string]>([
	['text', 'hello'],
	['an empty message', Buffer.alloc(0)],
	['a channel that nobody has', frame(7, 'x')],
	['an end that is no JSON', frame(3, 'over')],
	['an end without its sense', frame(3, '{"status":"Perhaps"}')],
	[
		'an exit code that is none',
		frame(
			3,
			'{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"-1"}]}}',
		),
	],
	['a message without end', Buffer.alloc(5 * 1024 * 1024, 1)],
])('%s is not taken for an answer', async (_what, message) => {
	const {exec} = await startPeer({talk: (socket) => socket.send(message)});
	expect((await problemOf(exec({stdout: new Writable({write: (_c, _e, done) => done()})}))).code).toBe(
		'kubernetes-unreadable',
	);
});

it('an end that fails for another reason is told as the server has it', async () => {
	const said = {status: 'Failure', reason: 'InternalError', code: 500, message: 'Internal error occurred: no room'};
	const {exec} = await startPeer({talk: (socket) => socket.send(frame(3, JSON.stringify(said)))});
	expect(await problemOf(exec())).toMatchObject({
		code: 'kubernetes-server-error',
		evidence: ['Internal error occurred: no room'],
	});
});

it(
	'mutated conversations end in a result or a problem',
	async () => {
		const good = [
			frame(1, ''),
			frame(1, 'output'),
			frame(2, 'words\nof stderr'),
			Buffer.of(255, 1),
			frame(
				3,
				'{"metadata":{},"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}',
			),
		];
		let messages: readonly Buffer[] = good;
		const {exec} = await startPeer({
			talk: (socket) => {
				for (const message of messages) socket.send(message);
				socket.close(1000);
			},
		});
		await meetAll({usual: 150, reaches: ['result', 'kubernetes-unreadable', 'exec-broken']}, async (random) => {
			messages = good.flatMap((message) => {
				const changed = Buffer.from(message);
				if (random.below(4) === 0 && changed.length > 0) changed[random.below(changed.length)] = random.below(256);
				if (random.below(12) === 0) return [];
				return random.below(12) === 0 ? [changed, changed] : [changed];
			});
			return outcomeOf(() => exec({stdout: new Writable({write: (_c, _e, done) => done()})}));
		});
	},
	patienceMs,
);
