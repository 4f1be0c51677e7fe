/**
 * The rehearsal: a whole installation site that is played on this machine. Each part of the site has an entry of its
 * own (`kubernetes/`, `registry/`, `postgres/`, `name-server/`, `authority/`, `product/`, `sample-bundle/`).
 */
import type {SpawnedRehearsal, SpawnOptions} from './host.ts';
import type {Rehearsal, RehearsalOptions} from './types.ts';

export {filesIn, rehearsalHosts} from './answers.ts';
export {type FaultName, faultNames, faults, mendedByOthers} from './faults.ts';
export type {SpawnOptions} from './host.ts';

export type {FaultOrder, Rehearsal, RehearsalOptions, WayIn} from './types.ts';
export {type Sample, samples} from './types.ts';

// Loaded when they are called: the program reads the names of faults at every start, and plays a site in another
// process.

/** Runs a site in a child process; see host.ts. */
export const spawnRehearsal = async (options: SpawnOptions): Promise<SpawnedRehearsal> =>
	(await import('./host.ts')).spawnRehearsal(options);

/** Runs a site in this process; see world.ts. */
export const startRehearsal = async (options: RehearsalOptions): Promise<Rehearsal> =>
	(await import('./world.ts')).startRehearsal(options);

/** Looks whether a site can be played here, before anything is made for it; see postgres/binaries.ts. */
export const lookForPostgres = async (): Promise<void> => (await import('./postgres/index.ts')).lookForPostgres();
