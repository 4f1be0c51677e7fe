import {getServers, lookup, Resolver} from 'node:dns/promises';
import {isIP} from 'node:net';
import {ProblemError} from '../base/problem.ts';
import {abortable} from './abort.ts';
import type {DnsPort} from './types.ts';

// Node's names for "there is no such name" (NXDOMAIN) and "the name has no record of this type".
const absent = new Set(['ENOTFOUND', 'ENODATA']);

const reasons: Readonly<Record<string, string>> = {
	ETIMEOUT: 'It did not answer in time; a firewall may drop port 53.',
	ECONNREFUSED: 'Nothing listens on port 53 there.',
	ESERVFAIL: 'It answered SERVFAIL: it cannot reach the servers of that zone.',
	EREFUSED: 'It answered REFUSED: it does not serve this host or this zone.',
	EAI_AGAIN: 'No name server gave an answer; none may be set up, or none be reachable.',
	ECANCELLED: 'The question was cancelled.',
};

const unanswered = (host: string, server: string, code: string): ProblemError =>
	new ProblemError({
		code: 'dns-unanswered',
		area: 'prerequisites',
		who: 'network team',
		message: `No name server answered for ${host}.`,
		cause: `Asked: ${server}. ${reasons[code] ?? `The error was ${code}.`}`,
		fix: 'Name a server that answers in network.nameServer, or have this one repaired.',
		nextSteps: ['cat /etc/resolv.conf', `nslookup ${host}`],
		answers: ['network.nameServer'],
		evidence: [code],
	});

const codeOf = (error: unknown): string => (error as {readonly code?: string}).code ?? String(error);

type Found = {readonly addresses: readonly string[]; readonly code?: string};

const ask = async (question: Promise<readonly string[]>): Promise<Found> => {
	try {
		return {addresses: await question};
	} catch (error) {
		const code = codeOf(error);
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
	if (addresses.length === 0 && failed !== undefined) throw unanswered(host, server, failed);
	return addresses;
};

const askSystem = async (server: string, host: string, timeoutMs: number, signal: AbortSignal) => {
	const question = ask(lookup(host, {all: true}).then((found) => found.map(({address}) => address)));
	const waiting = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
	try {
		const {addresses, code} = await abortable(question, waiting);
		if (code !== undefined) throw unanswered(host, server, code);
		return addresses;
	} catch (error) {
		if (waiting.aborted && !signal.aborted) throw unanswered(host, server, 'ETIMEOUT');
		throw error;
	}
};

/**
 * Asks one name server, or without `server` what programs on this host see: /etc/hosts and the system's name servers.
 * A and AAAA together, each address once. @param options.server `ip` or `ip:port`; @param options.timeoutMs 5 s unless told.
 * @throws ProblemError `dns-server-invalid` at once, `dns-unanswered` from `resolve`.
 */
export const createDns = (options: {readonly server?: string; readonly timeoutMs?: number} = {}): DnsPort => {
	const {server, timeoutMs = 5000} = options;
	if (server !== undefined && !isIP(server.replace(/^\[(.*)\](:\d+)?$|^([^:]*):\d+$/u, '$1$3')))
		throw new ProblemError({
			code: 'dns-server-invalid',
			area: 'prerequisites',
			message: `${server} cannot be asked: a name server is given by its address.`,
			cause: 'A name would have to be looked up at a name server first.',
			fix: 'Give its address, with :port when that is not 53, e.g. 10.0.0.2 or [fd00::2]:5353.',
			answers: ['network.nameServer'],
		});
	const shown = server ?? `${getServers().join(', ') || 'no name server'} and the hosts file of this host`;
	return {
		server: shown,
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
