import {ProblemError} from '../engine/problem.ts';
import {scopeOf} from './auth.ts';
import {createKnownBlobs} from './blobs.ts';
import {createLimiter} from './limiter.ts';
import {readManifestDigest} from './manifests.ts';
import {type Context, noProject, notARegistry, registryProblem} from './problems.ts';
import {pushImage} from './push.ts';
import {defaultRetries, type RetryTable} from './retry.ts';
import {createSession} from './session.ts';
import {createTransport, defaultTimeouts, type Timeouts} from './transport.ts';
import type {RegistryPort} from './types.ts';

export type RegistryOptions = {
	/** Host, or host:port. */
	readonly host: string;
	/** No TLS; meant for a registry on this host. */
	readonly plainHttp?: boolean;
	/** PEM of a certificate authority, in addition to those of this host. */
	readonly ca?: string;
	readonly username?: string;
	/** Asked for when the registry wants a login, never earlier; never kept in an error. */
	readonly password?: () => Promise<string>;
	/** Blobs in flight at once, over all pushes of this port. */
	readonly concurrency?: number;
	readonly timeouts?: Partial<Timeouts>;
	readonly retries?: RetryTable;
};

const originOf = (host: string, plainHttp: boolean): URL => {
	const text = `${plainHttp ? 'http' : 'https'}://${host}/`;
	if (URL.canParse(text) && !/[/@?#\s]/u.test(host)) return new URL(text);
	throw registryProblem({
		code: 'registry-not-a-registry',
		message: `${JSON.stringify(host)} is not the address of a registry.`,
		cause: 'It is not host or host:port.',
		fix: 'Give host and port of the registry, without https:// and without a path.',
		answers: ['registry.host'],
	});
};

/**
 * A registry over the OCI distribution specification 1.1. `close` ends its idle connections.
 * @throws ProblemError `registry-not-a-registry` when `host` is not host or host:port
 */
export const createRegistry = (options: RegistryOptions): RegistryPort & {readonly close: () => void} => {
	const {host, username, password, concurrency = 3, retries = defaultRetries} = options;
	const origin = originOf(host, options.plainHttp ?? false);
	const timeouts = {...defaultTimeouts, ...options.timeouts};
	const transport = createTransport({
		sockets: concurrency + 1,
		timeouts,
		...(options.ca === undefined ? {} : {ca: options.ca}),
	});
	const login = {
		...(username === undefined ? {} : {username}),
		...(password === undefined ? {} : {password}),
	};
	const session = createSession({origin, transport: transport.call, login, retries});
	const limit = createLimiter(concurrency);
	const known = createKnownBlobs();
	const contextOf = (what: string, repository?: string): Context => ({
		registry: host,
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
		close: transport.close,
		ping,
		checkPush: async (repository, signal) => {
			const context = contextOf(`push to ${repository}`, repository);
			const scopes = [scopeOf(repository, 'pull,push')];
			const url = `/v2/${repository}/blobs/uploads/`;
			const opened = await explained(context, signal, () =>
				session.ask({method: 'POST', url, scopes, context, signal, accept: [202]}),
			);
			// Not every registry can cancel; an upload that got no byte is cleaned up by the registry itself.
			const any = [200, 202, 204, 400, 401, 403, 404, 405, 501];
			const upload = session.locate(opened, context);
			await session.send({method: 'DELETE', url: upload, scopes, context, signal, accept: any});
		},
		manifestDigest: (repository, reference, signal) =>
			readManifestDigest(
				{session, context: contextOf(`look for ${repository}`, repository), repository, signal},
				reference,
			),
		push: (image, {repository, tag, signal, onProgress, mountFrom = []}) => {
			const context = contextOf(`push ${repository}:${tag}`, repository);
			return explained(context, signal, () =>
				pushImage({session, retries, known, limit, context, repository, tag, mountFrom, onProgress}, image, signal),
			);
		},
	};
};
