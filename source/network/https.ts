import type {IncomingMessage} from 'node:http';
import {type RequestOptions, request as startRequest} from 'node:https';
import {isIP} from 'node:net';
import {checkServerIdentity, type TLSSocket} from 'node:tls';
import {abortError} from '../base/abort.ts';
import type {ProblemError} from '../base/problem.ts';
import type {CaseOf} from '../base/problem-table.ts';
import {type Failure, httpsProblem, type Stage} from './https-problems.ts';
import {peerNames} from './peer.ts';
import {networkProblems} from './problems.ts';
import type {HttpsPort, HttpsResponse} from './types.ts';

const bodyLimit = 1024 * 1024;

type Options = Parameters<HttpsPort['request']>[0];

const requestOptions = ({method, address, ca, headers}: Options, url: URL): RequestOptions => {
	// A URL writes IPv6 in brackets, sockets do not.
	const host = url.hostname.replace(/^\[(.*)\]$/u, '$1');
	return {
		method,
		host: address ?? host,
		port: url.port || 443,
		path: url.pathname + url.search,
		headers: {...headers, host: url.host},
		ca,
		rejectUnauthorized: true,
		minVersion: 'TLSv1.2',
		// An IP address is no SNI name (RFC 6066, section 3).
		servername: isIP(host) ? '' : host,
		checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
		// One connection for one request: what a check sees must not come from an older connection.
		agent: false,
	};
};

const flatHeaders = (response: IncomingMessage): Readonly<Record<string, string>> =>
	Object.fromEntries(
		Object.entries(response.headers).map(([name, value]) => [
			name,
			Array.isArray(value) ? value.join(', ') : (value ?? ''),
		]),
	);

class BodyTooLarge extends Error {}

const readBody = async (response: IncomingMessage): Promise<string> => {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of response as AsyncIterable<Buffer>) {
		size += part.length;
		if (size > bodyLimit) throw new BodyTooLarge(`The body is larger than ${bodyLimit} bytes`);
		parts.push(part);
	}
	return Buffer.concat(parts).toString('utf8');
};

const send = async (
	options: Options,
	url: URL,
	signal: AbortSignal,
	reached: (stage: Stage) => void,
): Promise<HttpsResponse> => {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		const request = startRequest({...requestOptions(options, url), signal}, resolve);
		request.on('error', reject);
		request.on('socket', (socket) => {
			socket.once('connect', () => reached('handshake'));
			(socket as TLSSocket).once('secureConnect', () => reached('answer'));
		});
		request.end(options.body);
	});
	reached('body');
	try {
		return {status: response.statusCode ?? 0, headers: flatHeaders(response), body: await readBody(response)};
	} finally {
		response.destroy();
	}
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

const kindOf = (error: unknown, timedOut: boolean): Failure['kind'] => {
	if (timedOut) return 'timeout';
	return error instanceof BodyTooLarge ? 'too-large' : 'failed';
};

/** What is told of a request that failed at this stage. */
const problemOf = async (
	options: Options,
	url: URL,
	{error, kind, stage}: Pick<Failure, 'error' | 'kind' | 'stage'>,
): Promise<ProblemError> => {
	const {address, timeoutMs, signal, area = 'verification'} = options;
	const host = url.hostname.replace(/^\[(.*)\]$/u, '$1');
	const port = Number(url.port || 443);
	// Only words for the problem come from this: nothing is sent on the unverified connection.
	const peer =
		stage === 'handshake' && kind === 'failed'
			? await peerNames({host, address: address ?? host, port, signal})
			: undefined;
	return httpsProblem({error, kind, stage, host, address, port, timeoutMs, peer, area});
};

/** The HTTPS port, on node:https without an agent, a proxy or a redirect. See HttpsPort for limits and errors. */
export const createHttps = (): HttpsPort => ({
	request: async (options) => {
		const {signal, timeoutMs} = options;
		if (signal.aborted) throw abortError(signal);
		const url = parseUrl(options);
		const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
		const progress: {stage: Stage} = {stage: 'connection'};
		try {
			return await send(options, url, limited, (reached) => {
				progress.stage = reached;
			});
		} catch (error) {
			if (signal.aborted) throw abortError(signal);
			throw await problemOf(options, url, {error, kind: kindOf(error, limited.aborted), stage: progress.stage});
		}
	},
});
