import {expect, test} from 'vitest';
import {createFault, type FaultName, type FaultState} from '../../rehearsal/faults.ts';
import type {Pod} from '../../rehearsal/kubernetes/objects/types.ts';

const podIn = (namespace: string): Pod => ({metadata: {namespace, name: 'migration', uid: '1'}}) as unknown as Pod;

const fault = (name: FaultName) => {
	const saved: FaultState[] = [];
	const made = createFault({
		state: {name, cleared: false},
		save: (next) => saved.push(next),
		tlsAfterMs: 0,
		log: () => undefined,
	});
	return {...made, saved};
};

test('a migration fails until Helm writes another revision in its namespace, and servers start meanwhile', () => {
	const {interfere, onRevision, saved} = fault('migration-fails');
	expect(interfere.start?.(podIn('zenml-workspace'), 'workspace-migration')?.join('\n')).toContain(
		"Duplicate key name 'ix_resource_pool_name'",
	);
	expect(interfere.start?.(podIn('zenml-workspace'), 'workspace')).toBeUndefined();
	expect(interfere.start?.(podIn('zenml-other'), 'workspace-migration')).toBeUndefined();
	onRevision('zenml-other');
	expect(interfere.start?.(podIn('zenml-workspace'), 'workspace-migration')).toBeDefined();
	onRevision('zenml-workspace');
	expect(interfere.start?.(podIn('zenml-workspace'), 'workspace-migration')).toBeUndefined();
	expect(saved.at(-1)).toEqual({name: 'migration-fails', cleared: true, struckIn: 'zenml-workspace'});
});

test('a dump and a passphrase that are played wrong touch no pod', () => {
	for (const name of ['dump-breaks-off', 'wrong-backup-passphrase'] as const) {
		const {interfere, is} = fault(name);
		expect(is(name)).toBe(true);
		expect(interfere.start?.(podIn('zenml-workspace'), 'workspace-migration')).toBeUndefined();
		expect(interfere.start?.(podIn('zenml-workspace'), 'workspace')).toBeUndefined();
	}
});
