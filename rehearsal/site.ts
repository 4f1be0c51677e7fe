import {join, resolve} from 'node:path';
import {makeFolders} from '../source/base/folders.ts';
import {filesIn, rehearsalHosts} from './answers.ts';
import type {Authority} from './authority/index.ts';
import type {Closers} from './closing/index.ts';
import {createFault, type Fault, type FaultName, type FaultState, faults, mendedByOthers} from './faults.ts';
import {lockFolder} from './folder.ts';
import {isPutRight, writeHandouts} from './hand-outs.ts';
import type {RunningNameServer} from './name-server/index.ts';
import {paces} from './paces.ts';
import {rehearsalProblems} from './problems.ts';
import {type Journal, newPassword, openJournal, type RehearsalRecord, readRecord, recordedAuthority} from './record.ts';
import type {FaultOrder, RehearsalOptions} from './types.ts';

/** What all parts of the played site share. */
export type Site = {
	readonly options: RehearsalOptions;
	readonly directory: string;
	readonly files: ReturnType<typeof filesIn>;
	/** The control plane first, then the workspaces. */
	readonly hosts: readonly string[];
	readonly journal: Journal;
	readonly authority: Authority;
	readonly fault: Fault;
	/** The fault that was ever begun here. */
	readonly begun: FaultState | undefined;
	/** The fault that begins with this start. */
	readonly begins: FaultName | undefined;
	/** Is the record of this host one that the network team forgot? */
	readonly isForgotten: (host: string) => boolean;
	/** From the first time that what others forgot was missed until they remember it, ms. */
	readonly forgottenMs: number;
	readonly closers: Closers;
};

/** The address of everything that is played. */
export const address = '127.0.0.1';

/** The fault of this start: another one than before begins, the same one goes on. */
const faultOf = ({fault: wanted}: RehearsalOptions, {fault: known}: RehearsalRecord) => {
	const begins = wanted === known?.name ? undefined : wanted;
	const begun: FaultState | undefined = begins ? {name: begins, cleared: false} : known;
	return {begins, begun};
};

/**
 * Takes a folder for this process and brings it into order: record, CA, the files that an operator is given. Everything
 * that must be let go is told to `closers`.
 * @throws ProblemError `rehearsal-in-use`, `rehearsal-state-unreadable`
 */
export const openSite = async (options: RehearsalOptions, closers: Closers): Promise<Site> => {
	const {log, signal} = options;
	const directory = resolve(options.directory);
	const hosts = options.hosts?.length ? options.hosts : Object.values(rehearsalHosts);
	// Others may pass through, not look: PostgreSQL runs as another user where this process is root.
	await makeFolders(directory, 0o711);
	const file = join(directory, 'rehearsal.json');
	const {ports} = await readRecord(file);
	closers.add(await lockFolder(ports.lock, signal));
	// Only now: whoever held the folder may have written until it let go.
	const journal = await openJournal(file);
	closers.add(journal.flush);
	const {begins, begun} = faultOf(options, journal.read());
	const forgottenMs = options.isAttended ? Number.POSITIVE_INFINITY : paces[options.pace].colleagues.forgottenMs;
	const fault = createFault({
		state: begun,
		save: (state) => journal.change({fault: state}),
		tlsAfterMs: forgottenMs,
		log,
	});
	const authority = await recordedAuthority(journal.read(), file);
	const {registryPassword, databasePassword, mysqlPassword, backupPassphrase = newPassword()} = journal.read();
	journal.change({backupPassphrase});
	const passwords = {registryPassword, databasePassword, mysqlPassword, backupPassphrase};
	if (begun && !begins && (await isPutRight(directory, begun.name, hosts))) fault.clear();
	await writeHandouts(directory, {authority, hosts, ...passwords, begins, isOn: fault.is});
	// Only now: a start that was killed before must break the files again.
	if (begun && begins) journal.change({fault: begun});
	return {
		options,
		directory,
		files: filesIn(directory),
		hosts,
		journal,
		authority,
		fault,
		begun,
		begins,
		isForgotten: (host) => fault.is('dns-missing') && host !== hosts[0],
		forgottenMs,
		closers,
	};
};

/** The parts of a running site that a fault changes by more than its own memory. */
type Switched = {
	readonly names: Pick<RunningNameServer, 'remove'>;
	/** Begins to look for the first pg_dump. */
	readonly watchDumps: () => void;
};

/** The network team forgets what it has made for all hosts but the first. */
const forgetRecords = ({journal, hosts}: Site, {names}: Switched): void => {
	const [first] = hosts;
	const {records} = journal.read();
	for (const host of Object.keys(records)) if (host !== first) names.remove(host);
	journal.change({records: Object.fromEntries(Object.entries(records).filter(([host]) => host === first))});
};

/** Passwords and certificates, as the fault that is on has them. */
const writeFiles = async ({directory, authority, hosts, journal, fault}: Site, begins: FaultName | undefined) => {
	const {registryPassword, databasePassword, mysqlPassword, backupPassphrase = ''} = journal.read();
	const passwords = {registryPassword, databasePassword, mysqlPassword, backupPassphrase};
	await writeHandouts(directory, {authority, hosts, ...passwords, begins, isOn: fault.is});
};

/** Who mends it now, where others do. */
const reminded = (name: FaultName): string => {
	const {team, does} = mendedByOthers[name] ?? {};
	return team === undefined ? '' : `: the ${team} ${does} now`;
};

/**
 * Switches a fault of a running site on, in the place of the one that is on, or off.
 * @returns what became of it, for people
 * @throws ProblemError `rehearsal-fault-not-now` for one that lies in the answers; `rehearsal-fault-off` for one that is not on
 */
export const switchFault = async (site: Site, parts: Switched, {name, on}: FaultOrder): Promise<readonly string[]> => {
	const {fault} = site;
	if (name === 'postgresql-engine') throw rehearsalProblems.error('rehearsal-fault-not-now', {fault: name});
	if (!on && !fault.is(name)) throw rehearsalProblems.error('rehearsal-fault-off', {fault: name});
	const before = fault.name();
	// What the one before broke is mended: only one is on at a time.
	fault.clear();
	await writeFiles(site, undefined);
	if (!on) return [`Fault ${name} is off${reminded(name)}.`];
	fault.begin(name);
	await writeFiles(site, name);
	if (name === 'dns-missing') forgetRecords(site, parts);
	if (name === 'dump-breaks-off') parts.watchDumps();
	const instead = before === undefined || before === name ? '' : `, in the place of ${before}`;
	return [`Fault ${name} is on${instead}: ${faults[name]}`];
};
