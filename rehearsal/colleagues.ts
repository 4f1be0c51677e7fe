import {readFile, writeFile} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Cluster, ingressHosts, isServed} from './product/index.ts';

/** How long the people of the rehearsal take, in milliseconds. */
export type ColleaguePace = {
	/** From the server behind an Ingress being up to the record of its host. */
	readonly recordMs: number;
	/** From seeing an Ingress to the record of its host, when no server comes up behind it. */
	readonly recordAnywayMs: number;
	/** From the first time a forgotten record was asked for to that record. */
	readonly forgottenMs: number;
	/** From the last record to the CA in the trust store. */
	readonly trustMs: number;
	/** The same while a record that was to come still does not. */
	readonly trustAnywayMs: number;
};

/**
 * `real`: the waits begin when the installer is about to ask, so that each hand-over page is seen for some seconds.
 * `fast`: records come with the Ingress, long before anybody asks.
 */
export const colleaguePaces: Readonly<Record<'real' | 'fast', ColleaguePace>> = {
	real: {recordMs: 8000, recordAnywayMs: 90_000, forgottenMs: 20_000, trustMs: 11_000, trustAnywayMs: 120_000},
	fast: {recordMs: 50, recordAnywayMs: 50, forgottenMs: 1000, trustMs: 50, trustAnywayMs: 3000},
};

/** The part of the name server that the network team uses. */
export type Records = {
	readonly has: (host: string) => boolean;
	readonly add: (host: string, address: string) => Promise<void>;
};

/** A record that the network team does not make by itself. */
export type Forgetfulness = {
	readonly forgets: (host: string) => boolean;
	/** When the missing record was first asked for, in ms since the epoch. */
	readonly missedAt: (host: string) => number | undefined;
	readonly remembered: (host: string) => void;
};

const trusts = async (file: string, caPem: string): Promise<boolean> =>
	(await readFile(file, 'utf8').catch(() => '')).includes(caPem.trim());

/**
 * The people outside the tool: the network team adds a DNS record for every host of an Ingress, the desktop team adds
 * the CA to the trust store of this host once the last record is made, each some seconds later. They work until the
 * signal ends them; the promise settles then. What was done before a restart is seen in records and file, not done
 * twice.
 * @param options.hosts hosts whose records the desktop team waits for; it does not wait for ever.
 */
export const employColleagues = async (options: {
	readonly cluster: Cluster;
	readonly records: Records;
	readonly address: string;
	readonly hosts: readonly string[];
	readonly trustStore: string;
	readonly caPem: string;
	readonly pace: ColleaguePace;
	readonly forgetfulness: Forgetfulness;
	readonly log: (line: string) => void;
	readonly signal: AbortSignal;
}): Promise<void> => {
	const {cluster, records, address, trustStore, caPem, pace, signal, forgetfulness} = options;
	const since = new Map<string, number>();
	const lasted = (what: string, holds: boolean, ms: number): boolean => {
		if (!holds) {
			since.delete(what);
			return false;
		}
		const start = since.get(what) ?? Date.now();
		since.set(what, start);
		return Date.now() - start >= ms;
	};
	const isDue = (host: string): boolean => {
		if (forgetfulness.forgets(host)) {
			const missed = forgetfulness.missedAt(host);
			return missed !== undefined && Date.now() - missed >= pace.forgottenMs;
		}
		const up = lasted(`up ${host}`, isServed(cluster, host), pace.recordMs);
		return lasted(`seen ${host}`, true, pace.recordAnywayMs) || up;
	};
	const networkTeam = async (host: string): Promise<void> => {
		if (records.has(host) || !isDue(host)) return;
		const forgotten = forgetfulness.forgets(host);
		await records.add(host, address);
		// A new record starts the desktop team's time anew.
		since.delete('some records');
		if (forgotten) forgetfulness.remembered(host);
		options.log(`network team: ${host} now resolves to ${address}`);
	};
	const desktopTeam = async (hosts: readonly string[]): Promise<void> => {
		const done = hosts.filter((host) => records.has(host));
		const all = done.length > 0 && [...hosts, ...options.hosts].every((host) => records.has(host));
		const due = [
			lasted('all records', all, pace.trustMs),
			lasted('some records', done.length > 0, pace.trustAnywayMs),
		].includes(true);
		if (!due || (await trusts(trustStore, caPem))) return;
		await writeFile(trustStore, caPem, {flag: 'a'});
		options.log(`desktop team: the CA is now in ${trustStore}`);
	};
	while (!signal.aborted) {
		const hosts = ingressHosts(cluster);
		for (const host of hosts) await networkTeam(host);
		await desktopTeam(hosts);
		await sleep(Math.min(500, pace.recordMs / 2), undefined, {signal}).catch(() => undefined);
	}
};
