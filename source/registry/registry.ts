import {type Clock, systemClock} from '../base/clock.ts';
import {type ProblemCode, ProblemError} from '../base/problem.ts';
import type {Identity} from '../http/agents.ts';
import {createBandwidth} from '../http/bandwidth.ts';
import type {ProxyEnvironment, Timeouts} from '../http/types.ts';
import {readContents, readManifestDigest} from './asking/manifests.ts';
import {missingParts} from './asking/parts.ts';
import {createLimiter} from './limiter.ts';
import {originOf} from './origin.ts';
import {proxyWay} from './pull/proxies.ts';
import {createMemo, type UploadMemo} from './push/memo.ts';
import {createUploader} from './push/uploader.ts';
import {type Context, refuse} from './refuse.ts';
import {asking, type Repository} from './repository.ts';
import {createRetries, defaultRetries, isTrouble, type RetryTable, type Wait} from './retry.ts';
import {createSession, type Session} from './session.ts';
import {createTransport, defaultTimeouts} from './transport.ts';
import type {RegistryPort} from './types.ts';
import {isPage} from './words.ts';

export type RegistryOptions = {
	/** Host, or host:port, as it appears in image references. */
	readonly host: string;
	/** Where to push, when that is another name or port than nodes pull from. */
	readonly pushHost?: string | undefined;
	/** No TLS; meant for a registry on this host. */
	readonly plainHttp?: boolean | undefined;
	/** PEM of a certificate authority, in addition to those of this host. */
	readonly ca?: string | undefined;
	/** PEM, for a registry that asks for a client certificate. */
	readonly client?: Identity | undefined;
	readonly username?: string | undefined;
	/** Asked for when the registry wants a login, never earlier; never kept in an error. */
	readonly password?: (() => Promise<string>) | undefined;
	/** Blobs in flight at once, over all pushes of this port. */
	readonly concurrency?: number | undefined;
	/** Bytes per second that all connections send together; absent: no bound. */
	readonly maxBytesPerSecond?: number | undefined;
	/** Uploads that can be gone on with; by default those of this process. */
	readonly memo?: UploadMemo | undefined;
	readonly timeouts?: Partial<Timeouts> | undefined;
	readonly retries?: RetryTable | undefined;
	/** For the pauses before something is tried again. */
	readonly clock?: Pick<Clock, 'sleep'> | undefined;
	/** Told of each pause that is worth a word, when it begins. */
	readonly onWait?: ((wait: Wait) => void) | undefined;
	/** The environment, where its proxies shall be used. */
	readonly proxyEnv?: ProxyEnvironment | undefined;
};

/** Small requests at once, beside the blobs. */
const asksAtOnce = 6;
const blobsAtOnce = 4;

/** A session whose retries know that a registry has answered. */
const openSession = (options: RegistryOptions, origin: URL) => {
	const {ca, client, concurrency = blobsAtOnce, maxBytesPerSecond, onWait} = options;
	const {proxy, ...way} = proxyWay(origin, options.proxyEnv);
	const {call, close} = createTransport({
		sockets: concurrency + asksAtOnce,
		timeouts: {...defaultTimeouts, ...options.timeouts},
		ca,
		client,
		...way,
		bandwidth: maxBytesPerSecond === undefined ? undefined : createBandwidth(maxBytesPerSecond),
	});
	const retries = createRetries(options.retries ?? defaultRetries, options.clock ?? systemClock, onWait);
	return {
		session: createSession({origin, transport: retries.hearing(call), login: options, retries}),
		retries,
		close,
		proxy,
	};
};

const ping = async (session: Session, context: Context, signal: AbortSignal): Promise<void> => {
	const answer = await session.ask({
		method: 'GET',
		url: '/v2/',
		scopes: [],
		context,
		signal,
		accept: [200, 404],
		brief: true,
	});
	const {status, from: at} = answer;
	const evidence = session.wordsOf(answer);
	if (status === 404) throw refuse({...context, at}, 'registry-not-a-registry', {case: 'no API'}, {evidence});
	if (isPage(answer)) throw refuse({...context, at}, 'registry-not-a-registry', {case: 'page'}, {evidence});
};

/** Does the registry answer whoever asks? Then it says nothing of a login. */
const isOpenToAll = async (session: Session, context: Context, signal: AbortSignal): Promise<boolean> => {
	const asked = {method: 'GET', url: '/v2/', scopes: [], context, signal, isAnonymous: true, brief: true} as const;
	return (await session.ask({...asked, accept: [200, 401, 403]})).status === 200;
};

/** Was a login that had been sent refused for one repository? */
const isOfRepository = (error: unknown): error is ProblemError => {
	const code: ProblemCode = 'registry-unauthorized';
	return error instanceof ProblemError && error.problem.code === code && error.facts.case === 'repository';
};

/** Starts an upload, and cancels it where that can touch nothing else: no other host is asked anything. */
const tryUpload = async (repository: Repository): Promise<void> => {
	const {session, context, name} = repository;
	const asks = {...asking(repository), brief: true};
	const url = `/v2/${name}/blobs/uploads/`;
	const opened = await session.ask({...asks, method: 'POST', url, accept: [202]});
	const upload = session.locate(opened, context);
	if (!session.isOwnUpload(upload)) return;
	await session.send({...asks, method: 'DELETE', url: upload, accept: [200, 202, 204]}).catch((error: unknown) => {
		// Not every registry can cancel, in whatever words; an upload that got no byte is cleaned up by the registry itself.
		if (!(error instanceof ProblemError)) throw error;
	});
};

/**
 * A registry over the OCI distribution specification 1.1. `close` ends its idle connections; `proxy` is host and port of the proxy that it
 * is reached through, where it is.
 * @throws ProblemError `registry-not-a-registry` when `host` is not host or host:port; `registry-proxy`
 */
export const createRegistry = (
	options: RegistryOptions,
): RegistryPort & {readonly close: () => void; readonly proxy: string | undefined} => {
	const {host, username, concurrency = blobsAtOnce, memo = createMemo()} = options;
	const registry = options.pushHost ?? host;
	const origin = originOf(registry, options.plainHttp ?? false, {registry, what: 'log in'});
	const {session, retries, close, proxy} = openSession(options, origin);
	const turns = createLimiter(asksAtOnce, isTrouble);
	const uploader = createUploader({concurrency, turns, retries, memo});
	const repositoryOf = (name: string, what: string, more: Pick<Repository, 'rights' | 'signal'>): Repository => ({
		name,
		session,
		context: {registry, what, repository: name},
		...more,
	});
	const login: Context = {registry, what: 'log in'};

	/** A 401 for one repository has two meanings; whether the login itself is accepted tells them apart. */
	const explained = async <T>({context, signal}: Repository, work: () => Promise<T>): Promise<T> => {
		try {
			return await work();
		} catch (error) {
			if (!isOfRepository(error) || username === undefined) throw error;
			await ping(session, login, signal);
			if (await isOpenToAll(session, login, signal)) throw error;
			const {facts, problem} = error;
			const told = {...facts, case: 'login accepted'} as const;
			throw refuse(context, 'registry-no-project', told, {evidence: problem.evidence ?? [], error});
		}
	};

	return {
		host,
		proxy,
		close,
		ping: (signal) => ping(session, login, signal),
		checkPush: (name, signal) => {
			const repository = repositoryOf(name, `push to ${name}`, {rights: 'pull,push', signal});
			return explained(repository, () => tryUpload(repository));
		},
		manifestDigest: (name, reference, signal, length) => {
			const repository = repositoryOf(name, `look for ${name}`, {rights: 'pull', signal});
			return turns(signal, () => readManifestDigest(repository, reference, length));
		},
		contents: (name, reference, signal) => {
			const repository = repositoryOf(name, `look into ${name}`, {rights: 'pull', signal});
			return turns(signal, () => readContents(repository, reference));
		},
		missing: (name, parts, {signal, cache}) => {
			const repository = repositoryOf(name, `look for the layers of ${name}`, {rights: 'pull', signal});
			return missingParts(repository, parts, {retries, turns}, cache);
		},
		push: (image, {repository: name, tag, signal, onProgress, base, cache = new Map(), mountFrom = () => []}) => {
			const repository = repositoryOf(name, `push ${name}:${tag}`, {rights: 'pull,push', signal});
			const job = {image, repository, tag, cache, base, mountFrom, onProgress};
			return explained(repository, () => uploader.push(job));
		},
	};
};
