import {expect, test} from 'vitest';
import {recoveryOf} from '../../source/helm/recovery.ts';
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

test.each<[readonly ReleaseStatus[], string, number | undefined]>([
	[[], 'none', undefined],
	[['deployed'], 'none', undefined],
	[['superseded', 'deployed'], 'none', undefined],
	[['deployed', 'failed'], 'none', undefined],
	[['superseded', 'deployed', 'failed', 'failed'], 'none', undefined],
	[['uninstalled'], 'none', undefined],
	[['pending-install'], 'uninstall', undefined],
	[['failed'], 'uninstall', undefined],
	[['failed', 'pending-upgrade'], 'uninstall', undefined],
	[['uninstalling'], 'uninstall', undefined],
	[['superseded', 'uninstalling'], 'uninstall', undefined],
	[['deployed', 'pending-upgrade'], 'rollback', 1],
	[['superseded', 'deployed', 'failed', 'pending-upgrade'], 'rollback', 2],
	[['superseded', 'superseded', 'pending-rollback'], 'rollback', 2],
])('after revisions %j the release needs: %s %s', (states, action, revision) => {
	const recovery = recoveryOf(history(...states));
	expect(recovery.action).toBe(action);
	expect(recovery.revision).toBe(revision);
	expect(recovery.reason === '').toBe(action === 'none');
});
