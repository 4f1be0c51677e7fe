import {lookForPostgres} from '../../../rehearsal/index.ts';
import {shellWord} from '../../base/shell.ts';
import {engineProblems} from '../../engine/problems.ts';
import {type PlanEntry, plans} from '../../plans/index.ts';
import {findAnswers, refuseDropped, stateDirectoryOf} from '../answers/inputs.ts';
import type {Context} from '../base/context.ts';
import {programOf, rehearsing} from '../base/kept/own-commands.ts';
import {rehearsalRunProblems} from '../base/rehearsal-problems.ts';
import {wantsScreen} from '../plan/plan-command.ts';
import {makeFolder} from '../run/folder.ts';
import {quietTerminal} from '../screen/quiet.ts';
import {judgeOwnFile} from './answers.ts';
import {goOnCommand, installInto} from './install-into.ts';
import {lockWorld} from './lock.ts';
import {answerOrders} from './orders.ts';
import {type PlanName, type Scene, scenesBefore} from './scenes.ts';
import {refuseOutside} from './stay-inside.ts';
import {switching} from './switching.ts';
import {answersFor, asksSomebody, ownAnswers, type RehearsalOptions, type Stage, startWorld} from './world.ts';
import {beginsAnew, forgetWorld, leaveNoEmpty, worldFolderOf} from './world-folder.ts';

/** Finds the answers; forgets the world of an earlier rehearsal where that is asked for. @throws ProblemError, ProblemsError */
const setStage = async (
	context: Context,
	options: RehearsalOptions,
	{stateDirectory, worldFolder}: Pick<Stage, 'stateDirectory' | 'worldFolder'>,
	asks: boolean,
): Promise<Stage> => {
	const source = await findAnswers(context, options, {stateDirectory, plan: plans[options.plan]});
	refuseOutside(source);
	// Where somebody can be asked, what is missing is asked for.
	if (asks) refuseDropped({...source, overrides: []});
	else if (source.from === 'file') judgeOwnFile(source);
	const anew = beginsAnew(options, source.journal);
	if (anew === undefined) return {stateDirectory, worldFolder, source};
	if (anew === 'fault')
		context.err(
			`rehearsal: the one before came to its end; ${options.fault} needs something still to do, so all begins anew\n`,
		);
	await forgetWorld(stateDirectory, worldFolder, source.journal);
	return {
		stateDirectory,
		worldFolder,
		source: await findAnswers(context, options, {stateDirectory, plan: plans[options.plan]}),
	};
};

/** The world, up until a signal comes. Returns the exit code. */
const serve = async (context: Context, options: RehearsalOptions, stage: Stage): Promise<number> => {
	const world = await startWorld(context, options, stage);
	try {
		const own = await ownAnswers(context, stage, world);
		const {answers, lines} = await answersFor(context, stage, {...world, answers: own});
		const {stateDirectory, source} = stage;
		const state = options.stateDir === undefined ? '' : ` --state-dir ${shellWord(stateDirectory)}`;
		const {serveWorld} = await import('./serve.ts');
		await serveWorld(context, {
			...world,
			switchFault: switching(stateDirectory, world, `${rehearsing(programOf(context))} --serve --fresh${state}`),
			stateDirectory,
			program: programOf(context),
			isUsual: options.stateDir === undefined,
			answers: {...source, answers, from: 'file'},
			told: [...world.describe(), ...lines],
		});
		return 0;
	} finally {
		await world.stop();
	}
};

/** One plan in the world, which is up as long as it takes. Returns the exit code. */
const playIn = async (
	context: Context,
	options: RehearsalOptions,
	stage: Stage,
	{wanted}: {readonly wanted: PlanName},
): Promise<number> => {
	const {dumps}: PlanEntry = plans[wanted];
	const world = await startWorld(context, options, stage);
	try {
		if (dumps && world.mysqlIsPlayed)
			throw rehearsalRunProblems.error('rehearsal-needs-mysql', {
				case: 'own',
				plan: wanted,
				command: goOnCommand(context, {
					...options,
					plan: wanted,
					mysql: 'unpacked',
					clientTools: 'unpacked',
					fresh: true,
				}),
			});
		const anew = goOnCommand(context, {...options, fresh: true});
		const orders = await answerOrders(stage.stateDirectory, {act: switching(stage.stateDirectory, world, anew)});
		try {
			return await installInto(context, options, stage, world);
		} finally {
			await orders.stop();
		}
	} finally {
		await world.stop();
	}
};

/** What a plan needs to have been before it, without anybody and without the fault. Returns the exit code. */
const playBefore = async (context: Context, options: RehearsalOptions, {plan, sample}: Scene, stage: Stage) => {
	context.err(`rehearsal: ${options.plan} needs something to work on; first ${plan}, with the ${sample} sample\n`);
	// Nobody is there to confirm that users know of their new client.
	const set = [...options.set, 'upgrade.clients=tell'];
	const alone = {
		set,
		nonInteractive: true,
		plain: false,
		json: false,
		fault: undefined,
		from: undefined,
		until: undefined,
	};
	// Standard output belongs to the plan that was asked for.
	const aside = {...context, out: context.err, screen: false};
	const own = {...options, ...alone, plan, sample};
	const source = await findAnswers(context, own, {stateDirectory: stage.stateDirectory, plan: plans[plan]});
	return playIn(aside, own, {...stage, source}, {wanted: options.plan});
};

const rehearseIn = async (
	context: Context,
	options: RehearsalOptions,
	place: Pick<Stage, 'stateDirectory' | 'worldFolder'>,
): Promise<number> => {
	const {stateDirectory} = place;
	const stage = await setStage(context, options, place, asksSomebody(context, options));
	if (options.serve) return serve(context, options, stage);
	const scenes = await scenesBefore(options.plan, stage);
	for (const scene of scenes) {
		const exitCode = await playBefore(context, options, scene, stage);
		if (exitCode !== 0) return exitCode;
	}
	const source = await findAnswers(context, options, {stateDirectory, plan: plans[options.plan]});
	return playIn(context, options, {...stage, source}, {wanted: options.plan});
};

const rehearse = async (context: Context, options: RehearsalOptions, stateDirectory: string): Promise<number> => {
	// Before a folder is made, or an earlier world forgotten.
	await lookForPostgres();
	const worldFolder = await worldFolderOf(context, stateDirectory);
	try {
		return await rehearseIn(context, options, {stateDirectory, worldFolder});
	} finally {
		await leaveNoEmpty(worldFolder);
	}
};

/** The rehearsal, while no other is at work in its folder. */
const runAlone = async (context: Context, options: RehearsalOptions, stateDirectory: string): Promise<number> => {
	await makeFolder(stateDirectory);
	// Before anything is read or started: two rehearsals in one folder would share ports and files.
	const unlock = await lockWorld(context, stateDirectory);
	try {
		return await rehearse(context, options, stateDirectory);
	} catch (error) {
		if (!context.signal.aborted) throw error;
		const {reason} = context.signal;
		const words = reason instanceof Error ? reason.message : String(reason);
		throw engineProblems.error('stopped', {what: 'The rehearsal', reason: words}, {error});
	} finally {
		await unlock();
	}
};

/** Starts the world as a child process, then runs the real installer against it. Returns the exit code. */
export const runRehearsal = async (context: Context, options: RehearsalOptions): Promise<number> => {
	const stateDirectory = stateDirectoryOf(context, options, 'rehearsal');
	const quiet = !options.serve && wantsScreen(context, options) ? quietTerminal(context) : undefined;
	try {
		return await runAlone(context, {...options, onScreen: quiet?.handOver}, stateDirectory);
	} finally {
		await quiet?.end();
	}
};
