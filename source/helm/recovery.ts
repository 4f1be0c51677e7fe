import type {Release, ReleaseStatus} from './types.ts';

/**
 * What must happen before an upgrade can start, with one sentence for the operator. A rollback goes to the newest
 * revision that worked.
 */
export type Recovery =
	| {readonly action: 'none'}
	| {readonly action: 'uninstall'; readonly reason: string}
	| {readonly action: 'rollback'; readonly revision: number; readonly reason: string};

const none: Recovery = {action: 'none'};
const worked: readonly ReleaseStatus[] = ['deployed', 'superseded'];
const pending: readonly ReleaseStatus[] = ['pending-install', 'pending-upgrade', 'pending-rollback'];

/**
 * Decides from a release's history, oldest revision first, what to mend before an upgrade. Helm refuses to upgrade a
 * release that is `pending-*` ("another operation is in progress"); as this tool holds a lock on the cluster, a pending
 * release that it finds was left by a run that was killed. `uninstalled` needs nothing: `upgrade --install` starts
 * anew.
 */
export const recoveryOf = (history: readonly Release[]): Recovery => {
	const newest = history.at(-1)?.status;
	if (newest === undefined) return none;
	if (newest === 'uninstalling')
		return {action: 'uninstall', reason: 'an earlier run was killed in the middle of an uninstall'};
	const good = history.findLast(({status}) => worked.includes(status));
	if (pending.includes(newest))
		return good
			? {action: 'rollback', revision: good.revision, reason: 'an earlier run was killed in the middle of a change'}
			: {action: 'uninstall', reason: 'an earlier run was killed in the middle of the first install'};
	if (newest === 'failed' && !good) return {action: 'uninstall', reason: 'the first install failed and never worked'};
	return none;
};
