import {describe, expect, it} from 'vitest';
import {createFault, type FaultName, type FaultState, faultNames} from '../../rehearsal/faults.ts';
import type {Pod} from '../../rehearsal/kubernetes/objects/types.ts';

const pod = {metadata: {namespace: 'zenml-workspace', name: 'zenml-1', uid: '1'}} as unknown as Pod;

const fault = (name: FaultName, state: Partial<FaultState> = {}) => {
	const saved: FaultState[] = [];
	const made = createFault({
		state: {name, cleared: false, ...state},
		save: (next) => saved.push(next),
		tlsAfterMs: 0,
		log: () => undefined,
	});
	return {...made, saved};
};

describe('faults', () => {
	it('crash the workspace until Helm writes another revision in its namespace', () => {
		const {interfere, onRevision, saved} = fault('pod-crash-loop');
		// The revision of the install itself comes before the first pod.
		onRevision('zenml-workspace');
		expect(interfere.start?.(pod, 'workspace')).toContain('ERROR:    Application startup failed. Exiting.');
		expect(interfere.start?.(pod, 'control-plane')).toBeUndefined();
		onRevision('zenml-pro');
		expect(interfere.start?.(pod, 'workspace')).toBeDefined();
		onRevision('zenml-workspace');
		expect(interfere.start?.(pod, 'workspace')).toBeUndefined();
		expect(saved.at(-1)).toEqual({name: 'pod-crash-loop', cleared: true, struckIn: 'zenml-workspace'});
	});

	it('go on after a restart where they were', () => {
		const struck = fault('image-missing', {struckIn: 'zenml-pro'});
		expect(struck.interfere.pull?.('r/zenml/zenml-pro-dashboard:1', 'zenml-pro')).toContain('not found');
		struck.onRevision('zenml-pro');
		expect(struck.interfere.pull?.('r/zenml/zenml-pro-dashboard:1', 'zenml-pro')).toBeUndefined();
		expect(fault('image-missing', {cleared: true}).interfere.pull?.('r/zenml-pro-dashboard:1', 'n')).toBeUndefined();
	});

	it('cut the uploads of one repository until one blob has used up all tries, and are then over', () => {
		const {registry, saved, is} = fault('registry-drops');
		const cut = (repository: string, digest: string, bytes = 5_000_000) =>
			registry.cutUpload?.(repository, digest, bytes);
		expect(cut('zenml/zenml-pro-api', 'sha256:small', 2000)).toBeUndefined();
		for (let round = 0; round < 15; round += 1) {
			expect(is('registry-drops')).toBe(true);
			expect(cut('zenml/zenml-pro-api', 'sha256:a')).toBeGreaterThan(0);
			expect(cut('zenml/zenml', 'sha256:b')).toBeUndefined();
		}
		expect(cut('zenml/zenml-pro-api', 'sha256:a')).toBeUndefined();
		expect(saved.at(-1)).toMatchObject({cleared: true, struckIn: 'zenml/zenml-pro-api'});
		const over = fault('registry-drops', {cleared: true});
		expect(over.registry.cutUpload?.('zenml/zenml-pro-api', 'sha256:a', 5_000_000)).toBeUndefined();
	});

	it('remember when a forgotten record was first missed', () => {
		const {onMiss, missedAt, saved} = fault('dns-missing');
		expect(missedAt()).toBeUndefined();
		onMiss();
		const first = missedAt();
		onMiss();
		expect(missedAt()).toBe(first);
		expect(saved).toHaveLength(1);
	});

	it('take TLS away from the first client of MySQL, and are over for a later one', () => {
		const {offersTls, saved, is} = fault('mysql-without-tls', {missedAt: Date.now() + 60_000});
		expect(offersTls()).toBe(false);
		expect(is('mysql-without-tls')).toBe(true);
		const later = fault('mysql-without-tls', {missedAt: Date.now() - 1});
		expect(later.offersTls()).toBe(true);
		expect(later.saved.at(-1)).toMatchObject({cleared: true});
		expect(saved.at(-1)).toMatchObject({cleared: false});
		expect(fault('dns-missing').offersTls()).toBe(true);
	});

	it('call MySQL by another name until a release is written', () => {
		const {is, onRevision} = fault('postgresql-engine');
		expect(is('postgresql-engine')).toBe(true);
		onRevision('zenml-pro');
		expect(is('postgresql-engine')).toBe(false);
	});

	it('are the twelve that the screen offers', () => {
		expect(faultNames).toHaveLength(12);
	});
});
