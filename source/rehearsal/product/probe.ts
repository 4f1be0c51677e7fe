import {databaseTraceback, withDatabase} from './database.ts';
import type {PodNetwork} from './pod-network.ts';
import {pythonReason} from './pod-network.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a probe pod works with: its environment, the files mounted into it, and the network of the cluster. */
export type ProbeContext = {
	readonly environment: Readonly<Record<string, string>>;
	readonly files: ReadonlyMap<string, string>;
	readonly trust: readonly string[];
	readonly network: PodNetwork;
	readonly signal: AbortSignal;
};

export type ProbeResult = {readonly exitCode: number; readonly result: Json};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const dns = async ({names}: Json, {network, signal}: ProbeContext): Promise<ProbeResult> => {
	const hosts = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
	const found = await Promise.all(
		hosts.map(async (host) => [host, await network.resolve(host, signal).catch(() => [])] as const),
	);
	return {exitCode: found.every(([, addresses]) => addresses.length > 0) ? 0 : 1, result: Object.fromEntries(found)};
};

const trustFor = (args: Json, {files, trust, environment}: ProbeContext): readonly string[] => {
	const path = text(args.caFile) ?? environment.SSL_CERT_FILE ?? environment.REQUESTS_CA_BUNDLE;
	const inline = text(args.ca) ?? text(environment.PROBE_CA);
	const file = path === undefined ? undefined : files.get(path);
	return [...(file === undefined ? trust : [file]), ...(inline ? [inline] : [])];
};

const https = async (args: Json, context: ProbeContext): Promise<ProbeResult> => {
	const address = text(args.address);
	try {
		const {status} = await context.network.request({
			method: 'GET',
			url: text(args.url) ?? '',
			trust: trustFor(args, context),
			signal: context.signal,
			...(address ? {address} : {}),
		});
		return {exitCode: 0, result: {status}};
	} catch (error) {
		return {exitCode: 1, result: {error: pythonReason(error)}};
	}
};

const trust = async (args: Json, context: ProbeContext): Promise<ProbeResult> => {
	const {exitCode, result} = await https(args, context);
	return {exitCode, result: {trusted: exitCode === 0, ...result}};
};

const database = async (args: Json, context: ProbeContext): Promise<ProbeResult> => {
	const {environment, trust: mounted} = context;
	const mode = text(args.tls) ?? text(args.sslmode) ?? 'prefer';
	const password =
		environment[text(args.passwordEnv) ?? 'PROBE_PASSWORD'] ?? environment.PGPASSWORD ?? text(args.password);
	const user = text(args.username) ?? text(args.user);
	const target = {
		driver: 'postgresql',
		shown: String(args.host),
		config: {
			host: String(args.host),
			port: Number(args.port ?? 5432),
			connectionTimeoutMillis: 5000,
			...(user === undefined ? {} : {user}),
			...(text(args.database) === undefined ? {} : {database: String(args.database)}),
			...(password === undefined ? {} : {password}),
			...(mode === 'verify-full'
				? {ssl: {ca: [...trustFor(args, context), ...mounted]}}
				: mode === 'require'
					? {ssl: {rejectUnauthorized: false}}
					: {}),
		},
	};
	try {
		const version = await withDatabase(target, async (client) => (await client.query('show server_version')).rows[0]);
		return {exitCode: 0, result: {connected: true, version: String(version?.server_version)}};
	} catch (error) {
		return {exitCode: 1, result: {connected: false, error: databaseTraceback(target, error).at(-2) ?? String(error)}};
	}
};

const kinds: Readonly<Record<string, (args: Json, context: ProbeContext) => Promise<ProbeResult>>> = {
	dns,
	https,
	trust,
	database,
};

/**
 * Does what the Python script of an installer's probe pod would do, with the pod's own resolver, trust and secrets. The kind is
 * in `PROBE_KIND`, its arguments are the JSON in `PROBE_ARGS`. A kind that is not known ends with code 2.
 */
export const runProbe = async (context: ProbeContext): Promise<ProbeResult> => {
	const kind = context.environment.PROBE_KIND ?? '';
	const run = kinds[kind];
	if (!run) return {exitCode: 2, result: {error: `this rehearsal cannot run a probe of kind "${kind}"`}};
	return run(JSON.parse(context.environment.PROBE_ARGS ?? '{}') as Json, context);
};
