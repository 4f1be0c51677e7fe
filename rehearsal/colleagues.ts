import {appendFile, readFile} from 'node:fs/promises';
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

/** What the people of the site work with. */
export type Workplace = {
	readonly cluster: Cluster;
	readonly records: Records;
	/** What the records lead to. */
	readonly address: string;
	/** Hosts whose records the desktop team waits for; it does not wait for ever. */
	readonly hosts: readonly string[];
	readonly trustStore: string;
	readonly caPem: string;
	readonly pace: ColleaguePace;
	readonly forgetfulness: Forgetfulness;
	readonly log: (line: string) => void;
	readonly signal: AbortSignal;
};

/** Remembers since when things hold. */
type Patience = {
	/** Has this held without a break for so long, ms? */
	readonly lasted: (what: string, holds: boolean, ms: number) => boolean;
	/** Begin to count anew. */
	readonly reset: (what: string) => void;
};

const someRecords = 'some records';

const createPatience = (): Patience => {
	const since = new Map<string, number>();
	return {
		lasted: (what, holds, ms) => {
			if (!holds) {
				since.delete(what);
				return false;
			}
			const start = since.get(what) ?? Date.now();
			since.set(what, start);
			return Date.now() - start >= ms;
		},
		reset: (what) => since.delete(what),
	};
};

/** Is it time for the record of a host? A forgotten one is made some time after it was missed. */
const isDue = ({cluster, pace, forgetfulness}: Workplace, patience: Patience, host: string): boolean => {
	if (forgetfulness.forgets(host)) {
		const missed = forgetfulness.missedAt(host);
		return missed !== undefined && Date.now() - missed >= pace.forgottenMs;
	}
	const isUp = patience.lasted(`up ${host}`, isServed(cluster, host), pace.recordMs);
	return patience.lasted(`seen ${host}`, true, pace.recordAnywayMs) || isUp;
};

const networkTeam = async (workplace: Workplace, patience: Patience, host: string): Promise<void> => {
	const {records, address, hosts, forgetfulness, log} = workplace;
	if (records.has(host) || !isDue(workplace, patience, host)) return;
	const forgotten = forgetfulness.forgets(host);
	// The first request names all of them.
	const others = forgotten ? [] : hosts.filter((one) => !records.has(one) && !forgetfulness.forgets(one));
	for (const one of new Set([host, ...others])) {
		await records.add(one, address);
		log(`network team: ${one} now resolves to ${address}`);
	}
	// A new record starts the desktop team's time anew.
	patience.reset(someRecords);
	if (forgotten) forgetfulness.remembered(host);
};

const trusts = async (file: string, caPem: string): Promise<boolean> =>
	(await readFile(file, 'utf8').catch(() => '')).includes(caPem.trim());

const desktopTeam = async (workplace: Workplace, patience: Patience, served: readonly string[]): Promise<void> => {
	const {records, hosts, pace, trustStore, caPem, log} = workplace;
	const some = served.some(records.has);
	const all = some && served.every(records.has) && hosts.every((host) => served.includes(host));
	const isTime = [
		patience.lasted('all records', all, pace.trustMs),
		patience.lasted(someRecords, some, pace.trustAnywayMs),
	].includes(true);
	if (!isTime || (await trusts(trustStore, caPem))) return;
	await appendFile(trustStore, caPem);
	log(`desktop team: the CA is now in ${trustStore}`);
};

/**
 * The people outside the tool: the network team adds the DNS records of all hosts once the first has an Ingress, the desktop team adds
 * the CA to the trust store of this host once the last record is made, each some seconds later. They work until the
 * signal ends them; the promise settles then. What was done before a restart is seen in records and file, not done
 * twice.
 */
export const employColleagues = async (workplace: Workplace): Promise<void> => {
	const {cluster, pace, signal} = workplace;
	const patience = createPatience();
	while (!signal.aborted) {
		const served = ingressHosts(cluster);
		for (const host of served) await networkTeam(workplace, patience, host);
		await desktopTeam(workplace, patience, served);
		await sleep(Math.min(500, pace.recordMs / 2), undefined, {signal}).catch(() => undefined);
	}
};
