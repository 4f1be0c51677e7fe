import {getServers, lookup, Resolver} from 'node:dns/promises';
import {isIP} from 'node:net';
import {abortable} from '../base/abort.ts';
import {errnoOf} from '../base/errno.ts';
import type {ProblemError} from '../base/problem.ts';
import type {CaseOf} from '../base/problem-table.ts';
import {nslookupCommand, shownServer} from './ask-name.ts';
import {networkProblems} from './problems.ts';
import type {DnsPort} from './types.ts';

// Node's names for "there is no such name" (NXDOMAIN) and "the name has no record of this type".
const absent = new Set(['ENOTFOUND', 'ENODATA']);

type Reason = Exclude<CaseOf<typeof networkProblems.table, 'dns-unanswered'>, 'other'>;

/** Codes of c-ares and of getaddrinfo, as Node names them (dns module, "Error codes"). */
const reasons: Readonly<Record<string, Reason>> = {
	ETIMEOUT: 'time-out',
	ECONNREFUSED: 'not listening',
	ESERVFAIL: 'server failure',
	EREFUSED: 'refused',
	EAI_AGAIN: 'nobody',
	ECANCELLED: 'cancelled',
};

/** Who was asked for what: a name server, or without one those of this host, as `shown`. */
type Asked = {readonly host: string; readonly server?: string | undefined; readonly shown: string};

const unanswered = ({host, server, shown}: Asked, code: string): ProblemError => {
	const reason = reasons[code];
	const more = {
		evidence: [`${host}, asked of ${shown}: ${code}`],
		...(server === undefined && {nextSteps: ['cat /etc/resolv.conf']}),
	};
	const given = {host, server: shown, question: nslookupCommand(server, host)};
	return reason === undefined
		? networkProblems.error('dns-unanswered', {case: 'other', ...given, error: code}, more)
		: networkProblems.error('dns-unanswered', {case: reason, ...given}, more);
};

type Found = {readonly addresses: readonly string[]; readonly code?: string};

const ask = async (question: Promise<readonly string[]>): Promise<Found> => {
	try {
		return {addresses: await question};
	} catch (error) {
		const code = errnoOf(error) ?? String(error);
		return absent.has(code) ? {addresses: []} : {addresses: [], code};
	}
};

const askServer = async (server: string, host: string, timeoutMs: number, signal: AbortSignal) => {
	// Two tries of half the time each: c-ares doubles its patience from try to try, so the whole stays near timeoutMs.
	const resolver = new Resolver({timeout: Math.ceil(timeoutMs / 3), tries: 2});
	resolver.setServers([server]);
	const both = Promise.all([ask(resolver.resolve4(host)), ask(resolver.resolve6(host))]);
	const [four, six] = await abortable(both, signal, () => resolver.cancel());
	// Some servers answer A and fail for AAAA; one good answer is an answer.
	const failed = four.code ?? six.code;
	const addresses = [...four.addresses, ...six.addresses];
	if (addresses.length === 0 && failed !== undefined)
		throw unanswered({host, server, shown: shownServer(server)}, failed);
	return addresses;
};

const askSystem = async (shown: string, host: string, timeoutMs: number, signal: AbortSignal) => {
	const question = ask(lookup(host, {all: true}).then((found) => found.map(({address}) => address)));
	const waiting = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
	try {
		const {addresses, code} = await abortable(question, waiting);
		if (code !== undefined) throw unanswered({host, shown}, code);
		return addresses;
	} catch (error) {
		if (waiting.aborted && !signal.aborted) throw unanswered({host, shown}, 'ETIMEOUT');
		throw error;
	}
};

/**
 * Asks one name server, or without `server` what programs on this host see: /etc/hosts and the system's name servers.
 * A and AAAA together, each address once. @param options.server `ip` or `ip:port`; @param options.timeoutMs 5 s unless told.
 * @throws ProblemError `dns-server-invalid` at once, `dns-unanswered` from `resolve`.
 */
export const createDns = (
	options: {readonly server?: string | undefined; readonly timeoutMs?: number | undefined} = {},
): DnsPort => {
	const {server, timeoutMs = 5000} = options;
	if (server !== undefined && !isIP(server.replace(/^\[(.*)\](:\d+)?$|^([^:]*):\d+$/u, '$1$3')))
		throw networkProblems.error('dns-server-invalid', {server});
	const servers = server === undefined ? getServers() : [server];
	const shown = server ?? `${servers.join(', ') || 'no name server'} and the hosts file of this host`;
	return {
		server: shown,
		servers,
		resolve: async (host, signal) => {
			if (isIP(host)) return [host];
			const found =
				server === undefined
					? await askSystem(shown, host, timeoutMs, signal)
					: await askServer(server, host, timeoutMs, signal);
			return [...new Set(found)];
		},
	};
};
