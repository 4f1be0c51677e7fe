import {X509Certificate} from 'node:crypto';
import {connect} from 'node:net';
import {logInFromPod, podRefusalOf} from './database/index.ts';
import {NameError, type PodNetwork} from './network/pod-network.ts';
import {folderProbe, s3Probe} from './storage/storage-probe.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a probe pod works with. */
export type ProbeContext = {
	readonly environment: Readonly<Record<string, string>>;
	readonly network: PodNetwork;
	/** Files that volumes put into the pod, by path. */
	readonly files?: ReadonlyMap<string, string>;
	readonly signal: AbortSignal;
};

export type ProbeResult = {readonly exitCode: number; readonly result: Json};

const connectTimeoutMs = 15_000;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const kindOf = (error: unknown): string => {
	const {code = ''} = error as {code?: string};
	if (error instanceof NameError) return 'dns';
	if (['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EPERM'].includes(code)) return 'refused';
	if (code === 'ETIMEDOUT' || (error as Error).name === 'TimeoutError') return 'timeout';
	return /^(ERR_TLS_CERT|UNABLE_TO_|CERT_|DEPTH_ZERO|SELF_SIGNED)/u.test(code) ? 'certificate' : 'other';
};

const dns = async ({names}: Json, {network, signal}: ProbeContext): Promise<Json> => {
	const hosts = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
	return Object.fromEntries(
		await Promise.all(hosts.map(async (host) => [host, [...(await network.resolve(host, signal))].sort()] as const)),
	);
};

const https = async ({url, address, ca}: Json, {network, signal}: ProbeContext): Promise<Json> => {
	const {status} = await network.request({
		method: 'GET',
		url: text(url),
		trust: [text(ca)],
		onlyTrust: true,
		signal,
		...(address ? {address: text(address)} : {}),
	});
	return {status};
};

const open = (address: string, port: number, signal: AbortSignal): Promise<Json> =>
	new Promise((done, reject) => {
		const socket = connect({host: address, port, timeout: connectTimeoutMs, signal});
		socket.once('connect', () => {
			socket.destroy();
			done({ok: true});
		});
		socket.once('timeout', () => socket.destroy(Object.assign(new Error('timed out'), {code: 'ETIMEDOUT'})));
		socket.once('error', reject);
	});

/** Logs in with what the mounted Secret holds; without a password it only connects. */
const database = async (args: Json, {network, signal, files = new Map()}: ProbeContext): Promise<Json> => {
	const {host, port, engine, tls, username, database: name, files: paths} = args;
	const [address] = await network.resolve(text(host), signal);
	if (!address) throw new NameError(text(host));
	const member = (of: string): string | undefined => files.get(text((paths as Json | undefined)?.[of]));
	const password = member('password');
	if (!password) return open(address, Number(port), signal);
	const welcome = await logInFromPod({
		...{host: text(host), address, port: Number(port), tls: text(tls), username: text(username), password},
		engine: engine === 'mysql' ? 'mysql' : 'postgresql',
		database: text(name),
		ca: member('ca') ?? '',
		cert: member('certificate'),
		key: member('key'),
	});
	return {ok: true, ...welcome};
};

type Asked = {readonly url: string; readonly username?: string; readonly connect?: boolean};

const askOne = async ({url, username, connect: only}: Asked, context: ProbeContext): Promise<Json> => {
	const {network, signal, environment} = context;
	const target = new URL(url);
	if (only) {
		const [address] = await network.resolve(target.hostname, signal);
		if (!address) throw new NameError(target.hostname);
		await open(address, Number(target.port || 443), signal);
		return {connected: true};
	}
	if (!network.inside) throw new NameError(target.hostname);
	const form = new URLSearchParams({username: username ?? '', password: environment.PROBE_PASSWORD ?? ''});
	const {status, type, body} = await network.inside(target, username === undefined ? undefined : form.toString());
	// As urllib does: an answer with an error is an error.
	if (status >= 400) return {status};
	if (username === undefined) return {status, type, body: body.slice(0, 4096)};
	return {status, token: Boolean((JSON.parse(body) as Json).access_token)};
};

/** Asks servers in the cluster, in order. */
const http = async ({requests}: Json, context: ProbeContext): Promise<Json> => {
	const answers: Json[] = [];
	for (const one of requests as readonly Asked[])
		answers.push(
			await askOne(one, context).catch((error: unknown) => ({error: (error as Error).message, kind: kindOf(error)})),
		);
	return {answers};
};

/** The CA as the account's pods get it, read as Python would. */
const runner = async (_: Json, {environment}: ProbeContext): Promise<Json> => {
	const {subject} = new X509Certificate(environment.RUNNER_CA ?? '');
	if (subject === undefined) throw new Error('no certificate');
	return {ok: true};
};

const kinds: Readonly<Record<string, (args: Json, context: ProbeContext) => Promise<Json>>> = {
	dns,
	https,
	database,
	http,
	runner,
	s3: s3Probe,
	folder: folderProbe,
};

/**
 * Does what the Python script of an installer's probe pod would do (`source/cluster/probe/scripts.ts`), with the pod's own name
 * server and connections. The kind is in `PROBE_KIND`, its arguments are the JSON in `PROBE_ARGS`; a failure is a result
 * `{error, kind}` with code 0, as in the scripts. A kind that is not known ends with code 2.
 */
export const runProbe = async (context: ProbeContext): Promise<ProbeResult> => {
	const kind = context.environment.PROBE_KIND ?? '';
	const run = kinds[kind];
	if (!run) return {exitCode: 2, result: {error: `this rehearsal cannot run a probe of kind "${kind}"`, kind: 'other'}};
	try {
		return {exitCode: 0, result: await run(JSON.parse(context.environment.PROBE_ARGS ?? '{}') as Json, context)};
	} catch (error) {
		context.signal.throwIfAborted();
		const refusal = kind === 'database' ? podRefusalOf(error) : undefined;
		return {exitCode: 0, result: refusal ?? {error: (error as Error).message, kind: kindOf(error)}};
	}
};
