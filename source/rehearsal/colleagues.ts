import {readFile, writeFile} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Cluster, ingressHosts, isServed} from './product/index.ts';

/** How long the people of the rehearsal take, in milliseconds. */
export type ColleaguePace = {
	/** From seeing an Ingress to the work on it. */
	readonly reactMs: number;
	/** How long a forgotten record is missed, from the moment its server is up. */
	readonly forgottenMs: number;
};

export const colleaguePaces: Readonly<Record<'real' | 'fast', ColleaguePace>> = {
	real: {reactMs: 4000, forgottenMs: 20_000},
	fast: {reactMs: 50, forgottenMs: 1000},
};

/** The part of the name server that the network team uses. */
export type Records = {
	readonly has: (host: string) => boolean;
	readonly add: (host: string, address: string) => Promise<void>;
};

const trusts = async (file: string, caPem: string): Promise<boolean> =>
	(await readFile(file, 'utf8').catch(() => '')).includes(caPem.trim());

/**
 * The people outside the tool: the network team adds a DNS record for every host of an Ingress, the desktop team adds the CA to
 * the trust store of this host once the control plane's Ingress exists, each some seconds later. They work until the signal
 * ends them; the promise settles then. What was done before a restart is seen in records and file, not done twice.
 * @param options.forgets hosts whose record is forgotten until their server has been up for `pace.forgottenMs`.
 */
export const employColleagues = async (options: {
	readonly cluster: Cluster;
	readonly records: Records;
	readonly address: string;
	readonly controlPlaneHost: string;
	readonly trustStore: string;
	readonly caPem: string;
	readonly pace: ColleaguePace;
	readonly forgets: (host: string) => boolean;
	readonly remembered: (host: string) => void;
	readonly log: (line: string) => void;
	readonly signal: AbortSignal;
}): Promise<void> => {
	const {cluster, records, address, controlPlaneHost, trustStore, caPem, pace, signal} = options;
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
	const networkTeam = async (host: string): Promise<void> => {
		if (records.has(host)) return;
		const forgotten = options.forgets(host);
		const due = forgotten
			? lasted(`up ${host}`, isServed(cluster, host), pace.forgottenMs)
			: lasted(`seen ${host}`, true, pace.reactMs);
		if (!due) return;
		await records.add(host, address);
		if (forgotten) options.remembered(host);
		options.log(`network team: ${host} now resolves to ${address}`);
	};
	const desktopTeam = async (hosts: readonly string[]): Promise<void> => {
		if (!lasted('ca', hosts.includes(controlPlaneHost), pace.reactMs) || (await trusts(trustStore, caPem))) return;
		await writeFile(trustStore, caPem, {flag: 'a'});
		options.log(`desktop team: the CA is now in ${trustStore}`);
	};
	while (!signal.aborted) {
		const hosts = ingressHosts(cluster);
		for (const host of hosts) await networkTeam(host);
		await desktopTeam(hosts);
		await sleep(Math.min(500, pace.reactMs / 2), undefined, {signal}).catch(() => undefined);
	}
};
