import {expect, test} from 'vitest';
import {type Recovery, recoveryOf} from '../../source/helm/recovery.ts';
import type {Release, ReleaseStatus} from '../../source/helm/types.ts';

const history = (...states: readonly ReleaseStatus[]): readonly Release[] =>
	states.map((status, index) => ({
		name: 'zenml',
		namespace: 'zenml-workspace',
		revision: index + 1,
		status,
		chart: 'zenml-0.95.1',
		appVersion: '0.95.1',
		updated: '2026-01-01T00:00:00Z',
		description: '',
	}));

const none: Recovery = {action: 'none'};
const neverWorked: Recovery = {action: 'uninstall', reason: 'the first install failed and never worked'};
const killedFirst: Recovery = {
	action: 'uninstall',
	reason: 'an earlier run was killed in the middle of the first install',
};
const killedUninstall: Recovery = {
	action: 'uninstall',
	reason: 'an earlier run was killed in the middle of an uninstall',
};
const back = (revision: number): Recovery => ({
	action: 'rollback',
	revision,
	reason: 'an earlier run was killed in the middle of a change',
});

test.each<readonly [readonly ReleaseStatus[], Recovery]>([
	[[], none],
	[['deployed'], none],
	[['superseded', 'deployed'], none],
	[['deployed', 'failed'], none],
	[['superseded', 'deployed', 'failed', 'failed'], none],
	[['uninstalled'], none],
	[['unknown'], none],
	[['pending-install'], killedFirst],
	[['failed'], neverWorked],
	[['failed', 'pending-upgrade'], killedFirst],
	[['uninstalling'], killedUninstall],
	[['superseded', 'uninstalling'], killedUninstall],
	[['deployed', 'pending-upgrade'], back(1)],
	[['superseded', 'deployed', 'failed', 'pending-upgrade'], back(2)],
	[['superseded', 'superseded', 'pending-rollback'], back(2)],
])('after revisions %j the release needs %j', (states, recovery) => {
	expect(recoveryOf(history(...states))).toEqual(recovery);
});
