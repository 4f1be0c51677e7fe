import {type FaultName, mendedByOthers} from '../../../rehearsal/index.ts';
import {shellWord} from '../../base/shell.ts';
import type {Context, GlobalOptions} from '../base/context.ts';
import {programOf, rehearsing} from '../base/kept/own-commands.ts';

/** The step whose page waits for what a fault holds back, or that meets it as a problem. */
const waitingSteps: Readonly<Partial<Record<FaultName, string>>> = {
	'dns-missing': 'dns',
	'mysql-without-tls': 'prerequisites',
};

/** How somebody who rehearses reminds another team: a sentence, and its command below, and the step whose page it belongs to. */
export type OtherTeam = {readonly line: string; readonly step?: string | undefined};

/** The command that switches a fault of this rehearsal off, for another shell. */
const switchOff = (
	{startedByNpm}: Pick<Context, 'startedByNpm'>,
	{stateDir}: Pick<GlobalOptions, 'stateDir'>,
	fault: FaultName,
): string => {
	const command = `${rehearsing(programOf({startedByNpm}))} fault`;
	const place = stateDir === undefined ? '' : ` --state-dir ${shellWord(stateDir)}`;
	return `${command} ${fault} off${place}`;
};

/** The team that mends the fault that is on, and how it is reminded; undefined where no other team does. */
export const otherTeam = (
	context: Pick<Context, 'startedByNpm'>,
	options: Pick<GlobalOptions, 'stateDir'>,
	fault: FaultName | undefined,
): OtherTeam | undefined => {
	const by = fault && mendedByOthers[fault];
	if (!by) return undefined;
	return {
		line: `To remind the ${by.team}, in another shell:\n${switchOff(context, options, fault)}`,
		step: waitingSteps[fault],
	};
};
