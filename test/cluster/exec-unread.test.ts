import {Readable, Writable} from 'node:stream';
import {describe, expect, it} from 'vitest';
import type {WebSocket} from 'ws';
import {frame, ownEnd, startPeer, stdin, success} from './support/exec-peer.ts';
import {problemOf} from './support/problem-of.ts';

describe('a program that ends before it has read its stdin', () => {
	// Measured with Kubernetes 1.34: kubectl 1.36 is told "Success" of an exit code 4, or waits without end.
	it.each<readonly [string, string, (socket: WebSocket) => void]>([
		['calls it a success', '4', (socket) => socket.send(success)],
		['breaks off', '4', (socket) => socket.terminate()],
		['says nothing more', '255', () => undefined],
	])('has its own exit code where the cluster %s', async (_what, end, then) => {
		const {exec} = await startPeer({
			talk: (socket, request) => {
				socket.send(ownEnd(request, end), () => then(socket));
			},
		});
		const endless = new Readable({
			read() {
				this.push(Buffer.alloc(65_536));
			},
		});
		expect(await exec({stdin: endless})).toEqual({exitCode: Number(end), stderr: ['last words']});
		expect(endless.destroyed).toBe(true);
	});
	it('is no success where the end of its output did not come', async () => {
		const {exec} = await startPeer({
			talk: (socket, request) => {
				socket.send(frame(1, 'half'));
				socket.send(ownEnd(request, '0'), () => socket.terminate());
			},
		});
		const stdout = new Writable({write: (_chunk, _encoding, done) => done()});
		expect(await problemOf(exec({stdin: stdin(), stdout}))).toMatchObject({
			code: 'exec-broken',
			evidence: ['The program ended well, and the end of its output did not come.'],
		});
		expect(await exec({stdin: stdin()})).toMatchObject({exitCode: 0});
	});
	it('is waited for as long as its output is taken slowly: all of it comes', async () => {
		const pieces = 40;
		const {exec} = await startPeer({
			talk: (socket, request) => {
				socket.send(ownEnd(request, '0'));
				for (let piece = 0; piece < pieces; piece += 1) socket.send(frame(1, 'x'.repeat(32_000)));
				socket.send(success);
			},
		});
		let taken = 0;
		// Longer than the conversation may be quiet, in all and each time.
		const slow = new Writable({
			highWaterMark: 400_000,
			write: (chunk: Buffer, _encoding, done) => {
				taken += chunk.length;
				if (taken % 320_000 === 0) setTimeout(done, 250);
				else done();
			},
		});
		expect(await exec({stdin: stdin(), stdout: slow})).toMatchObject({exitCode: 0});
		await new Promise((resolve) => slow.end(resolve));
		expect(taken).toBe(pieces * 32_000);
	});
	it('is not taken for a success without its own word', async () => {
		const {exec} = await startPeer({talk: (socket) => socket.send(success)});
		expect(await problemOf(exec({stdin: stdin()}))).toMatchObject({
			code: 'exec-broken',
			evidence: ['The cluster calls it a success, and the program itself has said nothing of its end.'],
		});
	});
	it.each(['256', '4 5', '-1', '', 'over'])('is not believed a word that is none: %j', async (end) => {
		const {exec} = await startPeer({
			talk: (socket, request) => {
				socket.send(ownEnd(request, end));
				socket.send(success);
			},
		});
		expect((await problemOf(exec({stdin: stdin()}))).code).toBe('exec-broken');
	});
	it('keeps the word of the cluster where it failed without one of its own', async () => {
		const killed =
			'{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"137"}]}}';
		const {exec} = await startPeer({talk: (socket) => socket.send(frame(3, killed))});
		expect(await exec({stdin: stdin()})).toMatchObject({exitCode: 137});
	});
});
