import {ProblemError} from '../base/problem.ts';
import {scopeOf} from './auth.ts';
import {createBandwidth} from './bandwidth.ts';
import {createKnownBlobs} from './blobs.ts';
import {createLimiter} from './limiter.ts';
import {readContents, readManifestDigest} from './manifests.ts';
import {originOf} from './origin.ts';
import {missingParts} from './parts.ts';
import {type Context, noProject, notARegistry} from './problems.ts';
import {pushImage} from './push.ts';
import {defaultRetries, isTrouble, onceHeard, type RetryTable} from './retry.ts';
import {createSession} from './session.ts';
import {createTransport, defaultTimeouts, type Timeouts} from './transport.ts';
import type {RegistryPort} from './types.ts';
import {createMemo, type UploadMemo} from './upload-memo.ts';

export type RegistryOptions = {
	/** Host, or host:port, as it appears in image references. */
	readonly host: string;
	/** Where to push, when that is another name or port than nodes pull from. */
	readonly pushHost?: string;
	/** No TLS; meant for a registry on this host. */
	readonly plainHttp?: boolean;
	/** PEM of a certificate authority, in addition to those of this host. */
	readonly ca?: string;
	/** PEM, for a registry that asks for a client certificate. */
	readonly client?: {readonly certificate: string; readonly key: string};
	readonly username?: string;
	/** Asked for when the registry wants a login, never earlier; never kept in an error. */
	readonly password?: () => Promise<string>;
	/** Blobs in flight at once, over all pushes of this port. */
	readonly concurrency?: number;
	/** Bytes per second that all connections send together; absent: no bound. */
	readonly maxBytesPerSecond?: number;
	/** Uploads that can be gone on with; by default those of this process. */
	readonly memo?: UploadMemo;
	readonly timeouts?: Partial<Timeouts>;
	readonly retries?: RetryTable;
};

/** Small requests at once, beside the blobs. */
const asksAtOnce = 6;

/**
 * A registry over the OCI distribution specification 1.1. `close` ends its idle connections.
 * @throws ProblemError `registry-not-a-registry` when `host` is not host or host:port
 */
export const createRegistry = (options: RegistryOptions): RegistryPort & {readonly close: () => void} => {
	const {host, username, password, concurrency = 4} = options;
	const target = options.pushHost ?? host;
	const origin = originOf(target, options.plainHttp ?? false, ['registry.host']);
	const timeouts = {...defaultTimeouts, ...options.timeouts};
	const {call, close} = createTransport({
		sockets: concurrency + asksAtOnce,
		timeouts,
		...(options.ca === undefined ? {} : {ca: options.ca}),
		...(options.client === undefined ? {} : {client: options.client}),
		...(options.maxBytesPerSecond === undefined ? {} : {bandwidth: createBandwidth(options.maxBytesPerSecond)}),
	});
	const login = {
		...(username === undefined ? {} : {username}),
		...(password === undefined ? {} : {password}),
	};
	const {retries, transport} = onceHeard(options.retries ?? defaultRetries, call);
	const session = createSession({origin, transport, login, retries});
	const limit = createLimiter(concurrency, isTrouble);
	const asks = createLimiter(asksAtOnce, isTrouble);
	const known = createKnownBlobs();
	const memo = options.memo ?? createMemo();
	const contextOf = (what: string, repository?: string): Context => ({
		registry: target,
		what,
		...(repository === undefined ? {} : {repository}),
	});

	const ping: RegistryPort['ping'] = async (signal) => {
		const context = contextOf('log in');
		const answer = await session.ask({method: 'GET', url: '/v2/', scopes: [], context, signal, accept: [200, 404]});
		const type = String(answer.headers['content-type'] ?? '');
		if (answer.status === 404) throw notARegistry(context, 'There is no /v2/ on it.');
		if (type.includes('html')) throw notARegistry(context, 'It answers with a web page.');
	};

	/** A 401 for one repository has two meanings; whether the login itself is accepted tells them apart. */
	const explained = async <T>(context: Context, signal: AbortSignal, task: () => Promise<T>): Promise<T> => {
		try {
			return await task();
		} catch (error) {
			const refused = error instanceof ProblemError && error.problem.code === 'registry-unauthorized';
			if (!refused || username === undefined) throw error;
			await ping(signal);
			throw noProject(context, error.problem.evidence ?? [], error);
		}
	};

	return {
		host,
		close,
		ping,
		checkPush: async (repository, signal) => {
			const context = contextOf(`push to ${repository}`, repository);
			const scopes = [scopeOf(repository, 'pull,push')];
			const url = `/v2/${repository}/blobs/uploads/`;
			const opened = await explained(context, signal, () =>
				session.ask({method: 'POST', url, scopes, context, signal, accept: [202]}),
			);
			const upload = session.locate(opened, context);
			const cancel = {method: 'DELETE', url: upload, scopes, context, signal, accept: [200, 202, 204]} as const;
			await session.send(cancel).catch((error: unknown) => {
				// Not every registry can cancel, in whatever words; an upload that got no byte is cleaned up by the registry itself.
				if (!(error instanceof ProblemError)) throw error;
			});
		},
		manifestDigest: (repository, reference, signal, length) =>
			asks(signal, () =>
				readManifestDigest(
					{session, context: contextOf(`look for ${repository}`, repository), repository, signal},
					reference,
					'pull',
					length,
				),
			),
		contents: (repository, reference, signal) =>
			asks(signal, () =>
				readContents(
					{session, context: contextOf(`look into ${repository}`, repository), repository, signal},
					reference,
				),
			),
		missing: (repository, parts, {signal, asked}) => {
			const context = contextOf(`look for the layers of ${repository}`, repository);
			return missingParts({session, retries, context, repository, asks, rights: 'pull', signal, asked}, parts);
		},
		push: (image, {repository, tag, signal, onProgress, base, asked = new Map(), mountFrom = () => []}) => {
			const context = contextOf(`push ${repository}:${tag}`, repository);
			return explained(context, signal, () =>
				pushImage(
					{session, retries, known, memo, limit, asks, asked, context, repository, tag, base, mountFrom, onProgress},
					image,
					signal,
				),
			);
		},
	};
};
