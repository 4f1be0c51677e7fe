import type {Release, ReleaseStatus} from './types.ts';

/** What must happen before an upgrade can start. `rollback` goes to the newest revision that once worked. */
export type RecoveryAction = 'none' | 'uninstall' | 'rollback';

export type Recovery = {
	readonly action: RecoveryAction;
	/** The revision to roll back to. */
	readonly revision?: number;
	/** One sentence for the operator. */
	readonly reason: string;
};

type Rule = {
	readonly newest: readonly ReleaseStatus[];
	/** Whether an earlier revision was ever deployed. */
	readonly workedBefore: boolean | 'any';
	readonly action: RecoveryAction;
	readonly reason: string;
};

/**
 * What the newest revision of a release says about the run before, first match wins. Helm refuses to upgrade a
 * release that is `pending-*` ("another operation is in progress"); as this tool holds a lock on the cluster, a pending
 * release that it finds was left by a run that was killed. `uninstalled` needs nothing: `upgrade --install` starts anew.
 */
const rules: readonly Rule[] = [
	{
		newest: ['pending-install', 'pending-upgrade', 'pending-rollback'],
		workedBefore: true,
		action: 'rollback',
		reason: 'an earlier run was killed in the middle of a change',
	},
	{
		newest: ['pending-install', 'pending-upgrade', 'pending-rollback'],
		workedBefore: false,
		action: 'uninstall',
		reason: 'an earlier run was killed in the middle of the first install',
	},
	{
		newest: ['failed'],
		workedBefore: false,
		action: 'uninstall',
		reason: 'the first install failed and never worked',
	},
	{
		newest: ['uninstalling'],
		workedBefore: 'any',
		action: 'uninstall',
		reason: 'an earlier run was killed in the middle of an uninstall',
	},
	{
		newest: ['deployed', 'failed', 'superseded', 'uninstalled', 'unknown'],
		workedBefore: 'any',
		action: 'none',
		reason: '',
	},
];

const worked: readonly ReleaseStatus[] = ['deployed', 'superseded'];

/** Decides from a release's history, oldest revision first, what to mend before an upgrade. */
export const recoveryOf = (history: readonly Release[]): Recovery => {
	const newest = history.at(-1);
	if (!newest) return {action: 'none', reason: ''};
	const good = history.findLast(({status}) => worked.includes(status));
	const rule = rules.find(
		({newest: states, workedBefore}) =>
			states.includes(newest.status) && (workedBefore === 'any' || workedBefore === (good !== undefined)),
	);
	if (!rule || rule.action === 'none') return {action: 'none', reason: ''};
	return rule.action === 'rollback' && good
		? {action: 'rollback', revision: good.revision, reason: rule.reason}
		: {action: rule.action, reason: rule.reason};
};
