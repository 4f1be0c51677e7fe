import type {RequestOptions} from 'node:https';
import {createSecureContext, type SecureContext} from 'node:tls';
import {isDeepStrictEqual} from 'node:util';
import {hostAuthorities} from '../../http/agents.ts';
import {type NamedProxy, proxyFor} from '../../http/proxy-environment.ts';
import type {ProxyEnvironment} from '../../http/types.ts';
import type {LoadedKubeconfig} from '../kubeconfig/load.ts';
import {readNamedFile} from '../kubeconfig/read-file.ts';
import type {Credential} from './credential.ts';

/** Who asks, and whom it trusts: what the kubeconfig says, as options of node:https. */
export type Identity = RequestOptions;

/** The proxy on the way to the API server, and what names it; a kubeconfig's own comes before the environment's (client-go). */
export type Way = NamedProxy & {readonly from: 'kubeconfig' | 'environment'};

/** @param environment of the process: what helm gets too */
export const wayTo = ({server, cluster}: LoadedKubeconfig, environment: ProxyEnvironment): Way | undefined => {
	const own = cluster['proxy-url'];
	if (own) return {proxy: own, variable: 'proxy-url', from: 'kubeconfig'};
	const named = proxyFor(new URL(server), environment);
	return named && {...named, from: 'environment'};
};

type Document = {readonly clusters: readonly [{cluster: object}]; readonly users: readonly [{user: object}]};

/** The kubeconfig with what a plug-in gave, and the proxy on the way. */
const documentWith = (document: string, credential: Credential | undefined, way: Way | undefined): string => {
	const {clusters, users, ...rest} = JSON.parse(document) as Document;
	const encoded = (pem: string): string => Buffer.from(pem, 'utf8').toString('base64');
	const given = {
		...(credential?.token === undefined ? {} : {token: credential.token}),
		...(credential?.certificate === undefined
			? {}
			: {
					'client-certificate-data': encoded(credential.certificate),
					'client-key-data': encoded(credential.key ?? ''),
				}),
	};
	const cluster = {...clusters[0].cluster, ...(way ? {'proxy-url': way.proxy} : {})};
	return JSON.stringify({
		...rest,
		clusters: [{...clusters[0], cluster}],
		users: [{...users[0], user: {...users[0].user, ...given}}],
	});
};

type Trust = {readonly secureContext?: SecureContext; readonly ca?: readonly string[]};

const trustOf = (byHost: boolean, {ca: named, cert, key}: Identity): Trust => {
	// The authorities of this host, for a kubeconfig that names none, as Go does it.
	const ca = byHost ? [...hostAuthorities()] : named;
	try {
		return {secureContext: createSecureContext({...(ca && {ca}), ...(cert && {cert}), ...(key && {key})})};
	} catch {
		// What is wrong with the client certificate is told where the connection is made.
		return byHost ? {ca: [...hostAuthorities()]} : {};
	}
};

/** Whom is trusted and who asks, for all connections alike: reading certificates anew would cost each of them. Files that change are read anew. */
const createTrust = (byHost: boolean): ((identity: Identity) => Trust) => {
	let made: {readonly of: Identity; readonly trust: Trust} | undefined;
	return (identity) => {
		const {ca, cert, key} = identity;
		const of = {ca, cert, key};
		if (!made || !isDeepStrictEqual(made.of, of)) made = {of, trust: trustOf(byHost, of)};
		return made.trust;
	};
};

/** What serves as long as a credential does. */
type Made = {
	readonly credential: Credential | undefined;
	readonly config: Promise<Configured>;
};

type Configured = {readonly applyToHTTPSOptions: (options: Identity) => Promise<void>};

const tokenIn = (file: string | undefined, onSecret: (secret: string) => void): {readonly Authorization?: string} => {
	if (!file) return {};
	const token = readNamedFile(file).toString('utf8').trim();
	onSecret(token);
	return {Authorization: `Bearer ${token}`};
};

/** How long a proxy may take to open a tunnel, ms: the library sets no bound of its own. */
const tunnelMs = 60_000;

/** A proxy that is asked over TLS is checked as a server is, by the authorities of this host (net/http). */
const checkProxy = ({agent}: Identity): void => {
	if (agent && typeof agent === 'object' && 'proxyRequestOptions' in agent)
		agent.proxyRequestOptions = {rejectUnauthorized: true, ca: [...hostAuthorities()]};
};

/**
 * Client certificates, OIDC and proxies are the library's part; it keeps its connections, so one of it serves as long as the
 * credential does. Certificates are checked whatever the environment says of it (NODE_TLS_REJECT_UNAUTHORIZED), unless the kubeconfig
 * itself says insecure-skip-tls-verify.
 */
export const createIdentify = (
	loaded: LoadedKubeconfig,
	way: Way | undefined,
	onSecret: (secret: string) => void,
): ((credential: Credential | undefined) => Promise<Identity>) => {
	const {document, tokenFile, headers, cluster} = loaded;
	const byHost = !(
		cluster['certificate-authority'] ||
		cluster['certificate-authority-data'] ||
		cluster['insecure-skip-tls-verify']
	);
	const trust = createTrust(byHost);
	let made: Made | undefined;
	const configure = async (credential: Credential | undefined): Promise<Configured> => {
		const {KubeConfig} = await import('../client.ts');
		const config = new KubeConfig();
		config.loadFromString(documentWith(document, credential, way));
		return config;
	};
	return async (credential) => {
		if (!made || made.credential !== credential) made = {credential, config: configure(credential)};
		const options: Identity = {rejectUnauthorized: true, ...(way ? {timeout: tunnelMs} : {})};
		await (await made.config).applyToHTTPSOptions(options);
		checkProxy(options);
		if (byHost || !way) Object.assign(options, trust(options));
		const own = headers as Record<string, string | string[]>;
		return {...options, headers: {...options.headers, ...tokenIn(tokenFile, onSecret), ...own}};
	};
};
