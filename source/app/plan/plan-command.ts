import {getAt} from '../../answers/draft.ts';
import type {Pass} from '../../engine/plan.ts';
import type {PlanEntry} from '../../plans/index.ts';
import {rehearsedWords, withoutDumps} from '../../plans/words.ts';
import {
	completeAnswers,
	type FoundAnswers,
	findAnswers,
	partialAnswers,
	refuseDropped,
	stateDirectoryOf,
} from '../answers/inputs.ts';
import {draftFile, offeredDraft} from '../answers/kept-draft.ts';
import type {Context, GlobalOptions} from '../base/context.ts';
import {anewForDumps, contextOf} from '../base/played-world.ts';
import {wantsPlainQuestions} from '../plain/wanted.ts';
import {type Quiet, quietTerminal} from '../screen/quiet.ts';
import {goOnWith, resumeCommand} from './resume-command.ts';

/** May this run take the whole screen? */
export const wantsScreen = ({screen}: Context, {nonInteractive, plain, json}: GlobalOptions): boolean =>
	screen && !nonInteractive && !plain && !json;

/** A command that goes through a plan: its own name, the plan, and how. */
export type PlanCommand = {
	readonly name: string;
	readonly plan: PlanEntry;
	readonly pass: Pass;
	/** Words of options that only this command has. */
	readonly own?: readonly string[];
	/** True where changes are told with all that they open to. */
	readonly details?: boolean | undefined;
};

/** The plan, which in a world that is kept up says so, and names as its next moves what can be done there. */
const ofWorld = async (
	context: Context,
	plan: PlanEntry,
	{source, stateDirectory}: {readonly source: FoundAnswers; readonly stateDirectory: string},
): Promise<{readonly plan: PlanEntry; readonly rehearsal?: readonly string[]}> => {
	const {draft} = partialAnswers(source);
	const textAt = (answer: string): string | undefined => {
		const value = getAt(draft, answer);
		return typeof value === 'string' ? value : undefined;
	};
	// A kubeconfig may know a played world and real clusters: the context says which of them is meant.
	const answers = {kubernetes: {kubeconfig: textAt('kubernetes.kubeconfig'), context: textAt('kubernetes.context')}};
	if ((await contextOf(context, answers)).rehearsal !== true) return {plan};
	const anew = await anewForDumps(context, answers, stateDirectory);
	const words = anew === undefined ? plan.words : withoutDumps(plan.words, anew);
	return {plan: {...plan, words: rehearsedWords(words)}, rehearsal: []};
};

const goThrough = async (
	context: Context,
	command: PlanCommand,
	{options, quiet}: {readonly options: GlobalOptions; readonly quiet: Quiet | undefined},
): Promise<number> => {
	const stateDirectory = stateDirectoryOf(context, options);
	const source = await findAnswers(context, options, {stateDirectory, plan: command.plan});
	const {plan, rehearsal} = await ofWorld(context, command.plan, {source, stateDirectory});
	const session = {
		stateDirectory,
		plan,
		...goOnWith(options, (given) => resumeCommand(context, command.name, given, command.own)),
		from: options.from,
		until: options.until,
	};
	// Each way is loaded when it is gone: the first frame comes sooner without the others.
	if (command.pass !== 'apply' || !(quiet || wantsPlainQuestions(context, options))) {
		const {runHeadless} = await import('./headless.ts');
		const {pass, details} = command;
		return runHeadless(context, options, {...session, pass, details, answers: completeAnswers(source)});
	}
	refuseDropped(source);
	const unfinished = await offeredDraft(draftFile(stateDirectory, plan.id), source, source.journal);
	const attended = {
		...session,
		loaded: partialAnswers(source),
		unfinished,
		prefersLoaded: source.from === 'file',
		journal: source.journal,
		rehearsal,
		onScreen: quiet?.handOver,
	};
	if (quiet) return (await import('../screen/screen.ts')).runScreen(context, attended);
	return (await import('../plain/install.ts')).runPlain(context, options, attended);
};

/** Goes through a plan, on the full screen or in lines. Returns the exit code. */
export const runPlanCommand = async (
	context: Context,
	command: PlanCommand,
	options: GlobalOptions,
): Promise<number> => {
	const quiet = command.pass === 'apply' && wantsScreen(context, options) ? quietTerminal(context) : undefined;
	try {
		return await goThrough(context, command, {options, quiet});
	} finally {
		await quiet?.end();
	}
};
