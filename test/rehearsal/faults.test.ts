import {describe, expect, it} from 'vitest';
import {createFault, type FaultName, type FaultState, faultNames} from '../../source/rehearsal/faults.ts';
import type {Pod} from '../../source/rehearsal/kubernetes/objects.ts';

const pod = {metadata: {namespace: 'zenml-workspace', name: 'zenml-1', uid: '1'}} as unknown as Pod;

const fault = (name: FaultName, state: Partial<FaultState> = {}) => {
	const saved: FaultState[] = [];
	const made = createFault({
		state: {name, cleared: false, ...state},
		save: (next) => saved.push(next),
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

	it('cut as many uploads as they say and are then over', () => {
		const {registry, saved, is} = fault('registry-drops');
		const drop = registry.dropAfterBytes;
		if (!drop) throw new Error('nothing is dropped');
		drop.uploads--;
		expect(is('registry-drops')).toBe(true);
		drop.uploads--;
		expect(is('registry-drops')).toBe(false);
		expect(saved.at(-1)).toMatchObject({cleared: true});
		expect(fault('registry-drops', {cleared: true}).registry).toEqual({});
	});

	it('are the six that the screen offers', () => {
		expect(faultNames).toHaveLength(6);
	});
});
