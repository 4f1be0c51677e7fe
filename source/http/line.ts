import http, {type ClientRequest, type IncomingMessage} from 'node:http';
import https, {type RequestOptions} from 'node:https';
import type {Socket} from 'node:net';
import {createDeadline} from './deadline.ts';
import {type FailureKind, HttpFailure, type Stage} from './failure.ts';
import {createOutflow, type Outflow} from './outflow.ts';
import type {Call} from './types.ts';

/** One request on its way, from the first packet to the last byte of its answer. The first thing that goes wrong counts. */
export type Line = {
	readonly request: ClientRequest;
	readonly outflow: Outflow;
	/** Resolves when there is a connection, TLS included. */
	readonly connected: Promise<void>;
	/** Resolves when an answer begins. */
	readonly answered: Promise<IncomingMessage>;
	/** Rejects when something goes wrong: with a failure, or the reason of the signal. */
	readonly broken: Promise<never>;
	/** From now on the exchange is at this stage; it fails when nothing moves for so many milliseconds. */
	readonly expect: (stage: Stage, ms: number) => void;
	/** It fails when it has not ended by then. `waitedMs` is what the failure tells. */
	readonly expectEnd: (ms: number, waitedMs: number) => void;
	/** Nothing is expected of the server for now. */
	readonly rest: () => void;
	readonly fail: (error: unknown) => void;
	/** @throws what went wrong, where something did */
	readonly check: () => void;
	/** What to throw for an error that the answer ended with: what went wrong first. */
	readonly reason: (error: unknown) => unknown;
	/** Ends the line, which is kept for the next request where nothing was left half-way. @param whole whether the answer was read to its end */
	readonly close: (whole: boolean) => void;
};

const openRequest = ({method, url, headers}: Call, options: RequestOptions): ClientRequest =>
	(url.protocol === 'https:' ? https : http).request(url, {
		...options,
		method,
		headers: {...options.headers, ...headers},
	});

/** Resolves when the connection that a request is given is open; one that was kept is already. */
const connection = (request: ClientRequest, secure: boolean, onTcp: () => void): Promise<void> =>
	new Promise((resolve) => {
		request.once('socket', (socket: Socket) => {
			if (!socket.connecting) return resolve();
			socket.once('connect', secure ? onTcp : resolve);
			if (secure) socket.once('secureConnect', resolve);
		});
	});

/** What a connection that did not come about in time fails with, as where the operating system gave it up. */
const timedOut = (): Error => Object.assign(new Error('no connection in time'), {code: 'ETIMEDOUT'});

/**
 * Starts a request, and watches over it until it is closed.
 * @param options of node: the agent or the trust, and headers beside those of the call
 * @param onSent hears the bytes of the body that left this process, absolute
 */
export const openLine = (call: Call, options: RequestOptions, onSent: (bytes: number) => void): Line => {
	const {url, signal} = call;
	const request = openRequest(call, options);
	const outflow = createOutflow(request, onSent);
	const [silence, slowness] = [createDeadline(), createDeadline()];
	const answered = Promise.withResolvers<IncomingMessage>();
	const broken = Promise.withResolvers<never>();
	// Who waits for something else at that moment hears of it by `check` or `reason`.
	broken.promise.catch(() => {});
	let stage: Stage = 'connect';
	let over = false;
	let first: {readonly error: unknown} | undefined;

	const failure = (kind: FailureKind, waitedMs?: number, cause?: unknown): HttpFailure =>
		new HttpFailure(kind, {stage, sentBytes: outflow.taken(), waitedMs}, {cause});
	const fail = (error: unknown): void => {
		if (over || first) return;
		first = {error};
		silence.lift();
		slowness.lift();
		outflow.stop();
		request.destroy();
		broken.reject(error);
	};
	const failBySilence = (ms: number): void =>
		fail(stage === 'connect' || stage === 'handshake' ? failure('connection', ms, timedOut()) : failure('silence', ms));
	const abort = (): void => fail(signal.reason);
	signal.addEventListener('abort', abort, {once: true});
	// Once an answer has begun, it may come whole though the line is broken for what was still to be sent.
	request.on('error', (error) => {
		if (stage !== 'receive') fail(failure('connection', undefined, error));
	});
	request.once('response', (response) => {
		stage = 'receive';
		outflow.stop();
		answered.resolve(response);
	});

	return {
		request,
		outflow,
		connected: connection(request, url.protocol === 'https:', () => {
			stage = 'handshake';
		}),
		answered: answered.promise,
		broken: broken.promise,
		expect: (next, ms) => {
			if (over || first) return;
			stage = next;
			silence.within(ms, () => failBySilence(ms));
		},
		expectEnd: (ms, waitedMs) => {
			if (!over && !first) slowness.within(ms, () => fail(failure('slowness', waitedMs)));
		},
		rest: silence.lift,
		fail,
		check: () => {
			if (first) throw first.error;
		},
		reason: (error) => first?.error ?? failure('connection', undefined, error),
		close: (whole) => {
			over = true;
			silence.lift();
			slowness.lift();
			outflow.stop();
			signal.removeEventListener('abort', abort);
			if (!whole || !request.writableFinished) request.destroy();
		},
	};
};
