import path from 'node:path';

/** Where the journal of a plan lies: the install's under the name that it has had from the beginning. */
export const journalFile = (stateDirectory: string, plan = 'install'): string =>
	path.join(stateDirectory, plan === 'install' ? 'state.json' : `state-${plan}.json`);
