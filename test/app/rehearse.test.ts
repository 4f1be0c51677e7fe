import {afterEach, beforeEach, expect, test} from 'vitest';
import {type PlanEntry, plans} from '../../source/plans/index.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

/** What each plan needs of the command line where nobody is asked: that of its command, tried on the command itself. */
const real: Readonly<Record<keyof typeof plans, readonly string[]>> = {
	install: ['install'],
	backup: ['backup'],
	schedule: ['backup', 'schedule'],
	upgrade: ['upgrade'],
	back: ['back', 'controlPlane'],
	restore: ['restore'],
	drill: ['drill'],
	'drill-clean': ['drill', '--clean'],
	failover: ['drill', 'failover'],
};

/** A rehearsal that is refused before its world begins, whatever else it would do. */
const refused = ['--set', 'kubernetes.context=elsewhere'] as const;

test.each(Object.entries(plans) as ReadonlyArray<[keyof typeof plans, PlanEntry]>)(
	'a rehearsal of %s without anybody asks for the word that its command asks for',
	async (plan, {words}) => {
		const asks = words.consent !== undefined;
		const command = await stage.run(...real[plan], '--non-interactive');
		expect(/not-accepted/u.test(command.err)).toBe(asks);
		const rehearsal = await stage.run('rehearse', plan, '--non-interactive', ...refused);
		expect(rehearsal.code).toBe(2);
		expect(rehearsal.err).toContain(asks ? 'rehearsal-not-accepted' : 'rehearsal-stays-inside');
		const accepted = await stage.run('rehearse', plan, '--non-interactive', '--accept-loss', ...refused);
		expect(accepted.err).toContain('rehearsal-stays-inside');
	},
);

test('the word that lacks is named with the line that has it', async () => {
	for (const quiet of ['--non-interactive', '--json']) {
		const {code, err} = await stage.run('rehearse', 'restore', quiet);
		expect(code).toBe(2);
		expect(err).toContain('Nobody has agreed that what restore takes away is lost.');
		expect(err).toContain('This run asks nothing, and the command that is rehearsed would not begin without that word');
		expect(err).toContain('Go through it at a terminal, or add --accept-loss.');
		expect(err).toContain('zenml-airgap rehearse restore --non-interactive --accept-loss');
	}
});
