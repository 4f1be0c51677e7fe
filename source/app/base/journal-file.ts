import path from 'node:path';

/** Where the journal of a plan, given by its name, lies: the install's under the name that it has had from the beginning. */
export const journalFile = (stateDirectory: string, plan: string): string =>
	path.join(stateDirectory, plan === 'install' ? 'state.json' : `state-${plan}.json`);
