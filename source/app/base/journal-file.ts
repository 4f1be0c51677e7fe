import path from 'node:path';

/** Where the journal of a plan, given by its name, lies: the install's under the name that it has had from the beginning. */
export const journalFile = (stateDirectory: string, plan: string): string =>
	path.join(stateDirectory, plan === 'install' ? 'state.json' : `state-${plan}.json`);

/** Where the last confirmation of `backup escrow` from this host lies, and the last report of a drill. Neither holds a secret. */
export const escrowFile = (stateDirectory: string): string => path.join(stateDirectory, 'escrow.json');
export const drillFile = (stateDirectory: string): string => path.join(stateDirectory, 'drill.json');
