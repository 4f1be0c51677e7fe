import type {RequestOptions} from 'node:https';
import {isIP} from 'node:net';
import {type ConnectionOptions, checkServerIdentity, connect} from 'node:tls';
import {abortError} from '../base/abort.ts';
import type {ProblemError} from '../base/problem.ts';
import type {CaseOf} from '../base/problem-table.ts';
import {wholeBody} from '../http/body.ts';
import {exchange} from '../http/exchange.ts';
import {HttpFailure} from '../http/failure.ts';
import type {Headers} from '../http/types.ts';
import {type Failure, httpsProblem} from './https-problems.ts';
import {peerNames} from './peer.ts';
import {networkProblems} from './problems.ts';
import type {HttpsPort, HttpsResponse} from './types.ts';

const bodyLimit = 1024 * 1024;

type Options = Parameters<HttpsPort['request']>[0];

/** A URL writes IPv6 in brackets, sockets do not. */
const hostOf = ({hostname}: URL): string => hostname.replace(/^\[(.*)\]$/u, '$1');

/** Trust in this CA alone, for the host of the URL. */
const trustFor = ({ca}: Pick<Options, 'ca'>, url: URL): ConnectionOptions => {
	const host = hostOf(url);
	return {
		ca,
		rejectUnauthorized: true,
		minVersion: 'TLSv1.2',
		// An IP address is no SNI name (RFC 6066, section 3).
		servername: isIP(host) ? '' : host,
		checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
	};
};

/** One connection for one request: what a check sees must not come from an older connection. */
const connectionTo = (options: Options, url: URL): RequestOptions => ({
	hostname: options.address ?? hostOf(url),
	...trustFor(options, url),
	agent: false,
});

const flatHeaders = (headers: Headers): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(headers).map(([name, value = '']) => [name, [value].flat().join(', ')]));

const send = async (options: Options, url: URL): Promise<HttpsResponse> => {
	const {method, headers, body, timeoutMs, signal} = options;
	const call = {
		method,
		url,
		headers: {...headers, host: url.host},
		body: body === undefined ? undefined : wholeBody(body),
		signal,
	};
	const answer = await exchange(call, {
		connect: () => connectionTo(options, url),
		timeouts: {total: timeoutMs},
		mostBytes: bodyLimit,
	});
	return {status: answer.status, headers: flatHeaders(answer.headers), body: answer.body.toString('utf8')};
};

const refuseUrl = (
	{url, area}: Options,
	which: CaseOf<typeof networkProblems.table, 'https-url-invalid'>,
): ProblemError => networkProblems.error('https-url-invalid', {case: which, url}, {area});

const parseUrl = (options: Options): URL => {
	const url = URL.parse(options.url);
	if (url?.protocol !== 'https:') throw refuseUrl(options, 'not https');
	// An empty `ca` would make Node fall back to the public roots.
	if (!options.ca.includes('-----BEGIN')) throw refuseUrl(options, 'no CA');
	return url;
};

const kinds: Readonly<Record<HttpFailure['kind'], Failure['kind']>> = {
	connection: 'failed',
	identity: 'failed',
	silence: 'timeout',
	slowness: 'timeout',
	length: 'too-large',
};

const stages: Readonly<Record<HttpFailure['stage'], Failure['stage']>> = {
	connect: 'connection',
	handshake: 'handshake',
	leave: 'answer',
	send: 'answer',
	confirm: 'answer',
	answer: 'answer',
	receive: 'body',
};

/** What is told of a request that failed. */
const problemOf = async (options: Options, url: URL, failure: HttpFailure): Promise<ProblemError> => {
	const {address, timeoutMs, signal, area = 'verification'} = options;
	const host = hostOf(url);
	const port = Number(url.port || 443);
	const kind = kinds[failure.kind];
	const stage = stages[failure.stage];
	// Only words for the problem come from this: nothing is sent on the unverified connection.
	const peer =
		stage === 'handshake' && kind === 'failed'
			? await peerNames({host, address: address ?? host, port, signal})
			: undefined;
	const error = failure.cause ?? failure;
	return httpsProblem({error, kind, stage, host, address, port, timeoutMs, peer, area});
};

/** The HTTPS port, without kept connections, proxies or redirects. See HttpsPort for limits and errors. */
export const createHttps = (): HttpsPort => ({
	request: async (options) => {
		const {signal} = options;
		if (signal.aborted) throw abortError(signal);
		const url = parseUrl(options);
		try {
			return await send(options, url);
		} catch (error) {
			if (signal.aborted) throw abortError(signal);
			throw error instanceof HttpFailure ? await problemOf(options, url, error) : error;
		}
	},
});

/** What is looked at of a server before anything is sent to it. */
export type Knock = Pick<Options, 'url' | 'ca' | 'timeoutMs' | 'signal'>;

const greet = async (options: Knock, url: URL): Promise<void> =>
	new Promise((resolve, reject) => {
		const {timeoutMs, signal} = options;
		const socket = connect({host: hostOf(url), port: Number(url.port || 443), ...trustFor(options, url)});
		let stage: HttpFailure['stage'] = 'connect';
		const end = (settle: () => void): void => {
			clearTimeout(timer);
			signal.removeEventListener('abort', stop);
			socket.destroy();
			settle();
		};
		const fail = (kind: 'connection' | 'slowness', cause?: unknown): void =>
			end(() => reject(new HttpFailure(kind, {stage, sentBytes: 0, waitedMs: timeoutMs}, {cause})));
		const stop = (): void => end(() => reject(abortError(signal)));
		const timer = setTimeout(() => fail('slowness'), timeoutMs);
		signal.addEventListener('abort', stop, {once: true});
		socket.once('connect', () => {
			stage = 'handshake';
		});
		socket.on('error', (error) => fail('connection', error));
		socket.once('secureConnect', () => end(resolve));
	});

/**
 * Looks whether the host of a URL has an address, answers, and shows a certificate of that CA for it; nothing is asked of it.
 * @throws ProblemError as `HttpsPort.request`; the reason of the signal
 */
export const knock = async (options: Knock): Promise<void> => {
	const {signal} = options;
	signal.throwIfAborted();
	const asked: Options = {...options, method: 'HEAD', area: 'prerequisites'};
	const url = parseUrl(asked);
	try {
		await greet(options, url);
	} catch (error) {
		if (signal.aborted) throw abortError(signal);
		throw error instanceof HttpFailure ? await problemOf(asked, url, error) : error;
	}
};
