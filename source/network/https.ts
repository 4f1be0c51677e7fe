import type {RequestOptions} from 'node:https';
import {isIP} from 'node:net';
import {checkServerIdentity} from 'node:tls';
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

/** One connection for one request, with this CA alone: what a check sees must not come from an older connection. */
const connectionTo = ({address, ca}: Options, url: URL): RequestOptions => {
	const host = hostOf(url);
	return {
		hostname: address ?? host,
		ca,
		rejectUnauthorized: true,
		minVersion: 'TLSv1.2',
		// An IP address is no SNI name (RFC 6066, section 3).
		servername: isIP(host) ? '' : host,
		checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
		agent: false,
	};
};

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
