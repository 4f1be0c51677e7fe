import type {Problem, ProblemArea} from '../base/problem.ts';
import type {Method} from '../http/types.ts';

/** A name server. */
export type DnsPort = {
	/** All addresses of a name; empty when the name does not exist. @throws ProblemError area `prerequisites` when no server answers. */
	readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
	/** The server that is asked, for messages. */
	readonly server: string;
	/** The same as `ip` or `ip:port`: the one that was told, or all that this host is set up with. */
	readonly servers: readonly string[];
};

/** A certificate as far as the tool needs it. */
export type CertificateFacts = {
	readonly subject: string;
	readonly issuer: string;
	/** DNS names and IP addresses of the SAN. */
	readonly names: readonly string[];
	/** ms since the epoch. */
	readonly notBefore: number;
	readonly notAfter: number;
	readonly fingerprint: string;
	readonly isCa: boolean;
};

export type TlsPair = {
	readonly certificate: string;
	readonly key: string;
	readonly ca: string;
	readonly facts: CertificateFacts;
	readonly caFacts: CertificateFacts;
};

/** A host name that a certificate must cover, and the answer that names it where there is one. */
export type CoveredHost = string | {readonly host: string; readonly answer: string};

export type TlsPort = {
	/**
	 * Reads certificate, key and CA and checks them against each other and the hosts: PEM, key fits, chain leads to the CA in
	 * the right order, each host in the SAN, valid now, keys and signatures strong enough; then a strict client shakes hands with
	 * a server that has them. Returns all problems at once (area `prerequisites`). What a CA bundle holds beside what is needed
	 * only warns. The texts of the pair are normalized: what OpenSSL, Python and Go all load.
	 */
	readonly readPair: (
		paths: {readonly certificate: string; readonly key: string; readonly ca: string},
		hosts: readonly CoveredHost[],
		now: number,
	) => Promise<
		{readonly pair: TlsPair; readonly warnings: readonly string[]} | {readonly problems: readonly Problem[]}
	>;
	/**
	 * Does this host's trust store hold the CA (or a root that the chain leads to)? Certificates that are over do not count.
	 * `file` is where it was looked for.
	 */
	readonly hostTrusts: (ca: string, now?: number) => Promise<{readonly trusted: boolean; readonly file: string}>;
};

export type HttpsResponse = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
};

/** HTTPS with the operator's CA, never without verification. */
export type HttpsPort = {
	/**
	 * One request; redirects are returned, not followed, and a body over 1 MiB is refused. `address` connects there instead of
	 * asking DNS, with the URL's host as SNI and Host header. `ca` is PEM and the only trust: no public root counts.
	 * @throws ProblemError area given by `area`: refused, no route, time-out, certificate (with the names it is for).
	 */
	readonly request: (options: {
		readonly method: Method;
		readonly url: string;
		readonly address?: string | undefined;
		readonly ca: string;
		readonly headers?: Readonly<Record<string, string>> | undefined;
		readonly body?: string | undefined;
		/** For the whole request, from the first packet to the last byte of the body. */
		readonly timeoutMs: number;
		readonly signal: AbortSignal;
		/** Area of the problems; `verification` unless told. */
		readonly area?: ProblemArea | undefined;
	}) => Promise<HttpsResponse>;
};
