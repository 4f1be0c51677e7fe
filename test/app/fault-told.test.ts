import {describe, expect, test} from 'vitest';
import {faultNames} from '../../rehearsal/index.ts';
import {faultTold, notMetAnyMore} from '../../source/app/rehearsal/fault-told.ts';
import {plans} from '../../source/plans/index.ts';

const fault = ['Fault wrong-database-password (still on): the file is out of date.', 'The right one lies beside it'];
const world = {faultOn: 'wrong-database-password', faultBegins: false, faultFile: '/world/"old"', fault} as const;
const naming = (file: string) => ({database: {admin: {password: `file:${file}`}}});
const anew = 'zenml-airgap rehearse --fresh';
const told = (played: Parameters<typeof faultTold>[0], file: string) => faultTold(played, naming(file), {anew});

test('a fault is told as long as the answers name the file that it broke', () => {
	expect(told(world, '/world/"old"')).toBe(fault);
	expect(told(world, '/world/right')).toEqual([
		'Fault wrong-database-password is over: the answers do not name the file any more that it broke.',
		// Who typed one may have typed a wrong one.
		'The right one lies beside it',
	]);
});

test('a fault that begins, or that broke no file, is told in any case', () => {
	expect(told({...world, faultBegins: true}, '/world/right')).toBe(fault);
	expect(told({...world, faultFile: undefined}, '/world/right')).toBe(fault);
});

describe('a fault of one step', () => {
	const begins = {faultOn: 'pod-crash-loop', faultBegins: true, faultFile: undefined, fault} as const;
	const pastOf = (id: string, outcome?: 'applied' | 'brought-back') =>
		faultTold(begins, {}, {journal: {plan: 'install', steps: [{id, outcome}]}, anew});

	test('that the run which goes on has come past is told as not met, with the command that begins anew', () => {
		expect(pastOf('workspaces', 'applied')).toEqual([
			expect.stringContaining('has done the step "workspaces"'),
			`${anew} --fault pod-crash-loop`,
		]);
	});

	test('that is still to come, or to be done again, is told as any other', () => {
		expect(pastOf('control-plane', 'applied')).toBe(fault);
		expect(pastOf('workspaces')).toBe(fault);
		expect(pastOf('workspaces', 'brought-back')).toBe(fault);
	});

	test('whose step is one of the install', () => {
		const passed = faultNames.flatMap((faultOn) => {
			const steps = plans.install.stepIds.map((id) => ({id, outcome: 'already' as const}));
			const lines = faultTold({...begins, faultOn}, {}, {journal: {plan: 'install', steps}, anew});
			return lines === fault ? [] : [faultOn];
		});
		expect(passed).toEqual(['registry-drops', 'pod-crash-loop', 'migration-fails', 'image-missing', 'dns-missing']);
	});
});

test('a fault that is switched on behind its step is told as met by nobody, with the command that begins anew', () => {
	const journal = {plan: 'install', steps: [{id: 'workspaces', outcome: 'applied'}]} as const;
	const lines = notMetAnyMore('pod-crash-loop', {...journal, steps: [...journal.steps]}, anew);
	expect(lines).toEqual([expect.stringContaining('the step "workspaces" is done'), `${anew} --fault pod-crash-loop`]);
	expect(notMetAnyMore('pod-crash-loop', undefined, anew)).toEqual([]);
	expect(notMetAnyMore('wrong-database-password', {...journal, steps: [...journal.steps]}, anew)).toEqual([]);
});
