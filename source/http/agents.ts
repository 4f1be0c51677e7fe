import http from 'node:http';
import https from 'node:https';
import * as tls from 'node:tls';
import {HttpFailure} from './failure.ts';
import {isDirect} from './no-proxy.ts';
import type {ProxyEnvironment} from './types.ts';

/** A client certificate and its key, PEM. */
export type Identity = {readonly certificate: string; readonly key: string};

/** Node brings its own list of authorities; an operator expects those of the host to count too. */
export const hostAuthorities = (): readonly string[] =>
	typeof tls.getCACertificates === 'function'
		? [...tls.getCACertificates('default'), ...tls.getCACertificates('system')]
		: tls.rootCertificates;

const trusted = (ca: string | undefined): string[] => {
	const known = hostAuthorities();
	return [...new Set(ca === undefined ? known : [...known, ca])];
};

const secureContextOf = (ca: string | undefined, client: Identity | undefined): tls.SecureContext => {
	const ours = client ? {cert: client.certificate, key: client.key} : {};
	try {
		return tls.createSecureContext({ca: trusted(ca), ...ours});
	} catch (error) {
		if (!client) throw error;
		throw new HttpFailure('identity', {stage: 'connect', sentBytes: 0}, {cause: error});
	}
};

export type AgentOptions = {
	/** PEM of a certificate authority, in addition to those of this host. */
	readonly ca?: string | undefined;
	/** For a server that asks who is calling. */
	readonly client?: Identity | undefined;
	/** Idle connections that are kept open. */
	readonly sockets: number;
	/** Absent: no proxy. Node 22.21 and 24.5 or newer heed it. */
	readonly proxyEnv?: ProxyEnvironment | undefined;
};

/** Keeps connections for the next request. `close` ends idle ones. */
export type Agents = {readonly of: (url: URL) => http.Agent; readonly close: () => void};

/** Agents for both protocols; that of TLS is made when it is needed. */
const pairOf = (options: http.AgentOptions, trust: () => tls.SecureContext): Agents => {
	const plain = new http.Agent(options);
	let secure: https.Agent | undefined;
	return {
		of: (url) => {
			if (url.protocol !== 'https:') return plain;
			secure ??= new https.Agent({...options, secureContext: trust()});
			return secure;
		},
		close: () => {
			plain.destroy();
			secure?.destroy();
		},
	};
};

/**
 * Agents of node for one server and those it sends to. The number of requests at once is bounded by who makes them: a queue in here
 * would look like a connection that hangs.
 */
export const createAgents = ({ca, client, sockets, proxyEnv}: AgentOptions): Agents => {
	const kept = {keepAlive: true, maxFreeSockets: sockets, scheduling: 'lifo'} as const;
	// One context for all connections: reading every trusted certificate anew would cost each of them.
	let context: tls.SecureContext | undefined;
	const trust = (): tls.SecureContext => {
		context ??= secureContextOf(ca, client);
		return context;
	};
	const direct = pairOf(kept, trust);
	// Which hosts go past the proxies is decided here: node reads NO_PROXY in a way of its own.
	const {no_proxy: _lower, NO_PROXY: _upper, ...proxies} = proxyEnv ?? {};
	const behind = proxyEnv === undefined ? direct : pairOf({...kept, proxyEnv: proxies}, trust);
	return {
		/** @throws HttpFailure `identity` */
		of: (url) => (proxyEnv === undefined || isDirect(url, proxyEnv) ? direct : behind).of(url),
		close: () => {
			direct.close();
			behind.close();
		},
	};
};
