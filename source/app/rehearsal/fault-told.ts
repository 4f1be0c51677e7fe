import type {FaultName} from '../../../rehearsal/index.ts';
import type {Draft} from '../../answers/draft.ts';
import type {Journal} from '../../engine/journal.ts';
import {isDone} from '../../engine/outcome.ts';
import type {World} from './world.ts';

type Played = Pick<World, 'faultOn' | 'faultBegins' | 'faultFile' | 'fault'>;

/** Faults that a run meets in one step of the install and no more once that is done; the others are met by every look. */
const metIn: Readonly<Partial<Record<FaultName, string>>> = {
	'registry-drops': 'images',
	'image-missing': 'control-plane',
	'pod-crash-loop': 'workspaces',
	'migration-fails': 'workspaces',
	'dns-missing': 'dns',
};

/** The step at which a fault would have been met, where an earlier run has come past it. */
const stepPassed = (fault: FaultName, journal: Pick<Journal, 'plan' | 'steps'> | undefined): string | undefined => {
	const step = metIn[fault];
	const done = journal?.plan === 'install' && journal.steps.some((one) => one.id === step && isDone(one));
	return done ? step : undefined;
};

/**
 * What is told beside a fault that was switched on while a world is up: that nothing meets it, where the install there has come past it.
 * @param anew the command that begins such a world anew
 */
export const notMetAnyMore = (
	fault: FaultName,
	journal: Pick<Journal, 'plan' | 'steps'> | undefined,
	anew: string,
): readonly string[] => {
	const passed = stepPassed(fault, journal);
	if (passed === undefined) return [];
	return [
		`No run meets it in this world: the step "${passed}" is done. Begin anew to meet it:`,
		`${anew} --fault ${fault}`,
	];
};

/**
 * What is told of the fault of a world: that it is over where these answers do not name the file any more that it broke, and that it is
 * not met where the run that goes on has come past it.
 * @param earlier the journal of the run that goes on, undefined for a first one, and the command that begins anew
 */
export const faultTold = (
	{faultOn, faultBegins, faultFile, fault}: Played,
	draft: Draft,
	{journal, anew}: {readonly journal?: Pick<Journal, 'plan' | 'steps'> | undefined; readonly anew: string},
): readonly string[] => {
	if (faultOn === undefined) return fault;
	const passed = faultBegins ? stepPassed(faultOn, journal) : undefined;
	if (passed !== undefined)
		return [
			`Fault ${faultOn} is not met in this run: the earlier one that it goes on with has done the step "${passed}". Begin anew to meet it:`,
			`${anew} --fault ${faultOn}`,
		];
	if (faultFile === undefined || faultBegins) return fault;
	// As it stands within a text of JSON.
	const written = JSON.stringify(faultFile).slice(1, -1);
	if (JSON.stringify(draft).includes(written)) return fault;
	// What was typed in its place may be wrong as well: where the right one lies stays told.
	const [, ...right] = fault;
	return [`Fault ${faultOn} is over: the answers do not name the file any more that it broke.`, ...right];
};
