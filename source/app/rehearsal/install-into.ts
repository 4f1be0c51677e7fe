import {printable} from '../../base/printable.ts';
import {shellWord} from '../../base/shell.ts';
import {plans} from '../../plans/index.ts';
import {rehearsedWords, withoutDumps} from '../../plans/words.ts';
import {completeAnswers, type FoundAnswers, partialAnswers, refuseDropped} from '../answers/inputs.ts';
import {draftFile, offeredDraft} from '../answers/kept-draft.ts';
import type {Context} from '../base/context.ts';
import {calledBy, programOf, rehearsing} from '../base/kept/own-commands.ts';
import {runPlain} from '../plain/install.ts';
import {runHeadless} from '../plan/headless.ts';
import {wantsScreen} from '../plan/plan-command.ts';
import {goOnWith, resumeCommand} from '../plan/resume-command.ts';
import {runScreen} from '../screen/screen.ts';
import {faultTold} from './fault-told.ts';
import {otherTeam} from './other-teams.ts';
import {withoutReplaced} from './secrets.ts';
import {answerInside, ofThisWorld, stayInside} from './stay-inside.ts';
import {answersFor, asksSomebody, ownAnswers, type RehearsalOptions, type Stage, type World} from './world.ts';

const valued = (flag: string, value: string | undefined): readonly string[] =>
	value === undefined ? [] : [flag, value];

/**
 * The command that goes on with this rehearsal. What its world plays stays out: the world remembers the fault that is on, which another
 * shell may have switched since.
 */
export const goOnCommand = (context: Context, options: RehearsalOptions): string => {
	const {plan, pace, sample, mysql, clientTools, wayIn, storage, acceptLoss, fresh} = options;
	return resumeCommand(context, plan === 'install' ? 'rehearse' : `rehearse ${plan}`, options, [
		...valued('--pace', pace === 'fast' ? pace : undefined),
		...valued('--sample', sample === 'older' ? sample : undefined),
		...valued('--mysql', mysql),
		...valued('--client-tools', clientTools),
		...valued('--way-in', wayIn),
		...valued('--storage', storage),
		...(acceptLoss ? ['--accept-loss'] : []),
		...(fresh ? ['--fresh'] : []),
	]);
};

/** What is told of the rehearsal on the first page and where others are waited for. */
const toldOf = (context: Context, options: RehearsalOptions, world: World, fault: readonly string[]) => {
	// Nobody is reminded of what is over.
	const team = fault === world.fault ? otherTeam(context, options, world.faultOn) : undefined;
	return {
		fault: team ? [...fault, ...team.line.split('\n')] : fault,
		reminders: team?.step === undefined ? {} : {[team.step]: team.line},
	};
};

/** The plan, as far as it is gone through, and the command that goes on with it. */
const limitsOf = (context: Context, options: RehearsalOptions, {mysqlIsPlayed}: World) => {
	const plan = plans[options.plan];
	const words = mysqlIsPlayed ? withoutDumps(plan.words, 'zenml-airgap backup') : plan.words;
	const state = options.stateDir === undefined ? '' : ` --state-dir ${shellWord(options.stateDir)}`;
	const keptUp = `${rehearsing(programOf(context))} --serve${state}`;
	return {
		plan: {...plan, words: rehearsedWords(words, keptUp)},
		...goOnWith({...options, fresh: false}, (given) => goOnCommand(context, given)),
		from: options.from,
		until: options.until,
	};
};

/** The real installer against the world. Returns the exit code. */
export const installInto = async (
	given: Context,
	options: RehearsalOptions,
	stage: Stage,
	world: World,
): Promise<number> => {
	const {source, stateDirectory} = stage;
	const own = await ownAnswers(given, stage, world);
	const {answers, lines} = await answersFor(given, stage, {...world, answers: own});
	const context = {
		...withoutReplaced(given, partialAnswers(source).draft, partialAnswers({...source, answers}).draft),
		rehearsal: true,
		called: {
			...calledBy(options, programOf(given)),
			rehearsal: {state: ['--state-dir', shellWord(stateDirectory)], mysqlIsPlayed: world.mysqlIsPlayed},
		},
	};
	const inWorld: FoundAnswers = {...source, answers, from: 'file'};
	const session = {stateDirectory, ...limitsOf(context, options, world), judge: stayInside(own, context.signal)};
	const fault = faultTold(world, partialAnswers(inWorld).draft, {
		journal: source.journal,
		anew: goOnCommand(context, {...options, fresh: true}),
	});
	const parts = world.describe().filter((line) => !world.fault.includes(line));
	if (!asksSomebody(context, options)) {
		for (const line of [...parts, ...fault, ...lines]) context.err(`rehearsal: ${printable(line)}\n`);
		return runHeadless(context, options, {...session, pass: 'apply', answers: completeAnswers(inWorld)});
	}
	// What the command line gives is judged with the answers of the world, which it changes.
	refuseDropped(inWorld);
	const left = await offeredDraft(draftFile(stateDirectory, options.plan), source, source.journal);
	const attended = {
		...session,
		loaded: partialAnswers(inWorld),
		judgeAnswer: answerInside(own),
		unfinished: ofThisWorld(own, left),
		prefersLoaded: source.from === 'file',
		rehearsal: [...parts, ...lines],
		...toldOf(context, options, world, fault),
		journal: source.journal,
		onScreen: options.onScreen,
	};
	return wantsScreen(context, options) ? runScreen(context, attended) : runPlain(context, options, attended);
};
