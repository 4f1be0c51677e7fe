import http from 'node:http';
import https from 'node:https';
import * as tls from 'node:tls';
import {HttpFailure} from './failure.ts';
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

/**
 * Agents of node for one server and those it sends to. The number of requests at once is bounded by who makes them: a queue in here
 * would look like a connection that hangs.
 */
export const createAgents = ({ca, client, sockets, proxyEnv}: AgentOptions): Agents => {
	const shared = {
		keepAlive: true,
		maxFreeSockets: sockets,
		scheduling: 'lifo',
		...(proxyEnv === undefined ? {} : {proxyEnv}),
	} as const;
	const plain = new http.Agent(shared);
	let secure: https.Agent | undefined;
	return {
		/** @throws HttpFailure `identity` */
		of: (url) => {
			if (url.protocol !== 'https:') return plain;
			// One context for all connections: reading every trusted certificate anew would cost each of them.
			secure ??= new https.Agent({...shared, secureContext: secureContextOf(ca, client)});
			return secure;
		},
		close: () => {
			plain.destroy();
			secure?.destroy();
		},
	};
};
