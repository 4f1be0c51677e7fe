import path from 'node:path';

/** Where the journal of an installation lies. */
export const journalFile = (stateDirectory: string): string => path.join(stateDirectory, 'state.json');
