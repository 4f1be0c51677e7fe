import path from 'node:path';
import {type FaultName, rehearsalHosts, type Sample, spawnRehearsal, type WayIn} from '../../../rehearsal/index.ts';
import {type Draft, removeAt, setAt} from '../../answers/draft.ts';
import type {AnswersFrom} from '../../answers/file/load.ts';
import {safeFolder} from '../../base/own/folder.ts';
import {printable} from '../../base/printable.ts';
import {type FoundAnswers, partialAnswers} from '../answers/inputs.ts';
import type {Context, GlobalOptions, HandOver} from '../base/context.ts';
import {cacheFolderOf} from '../base/surroundings.ts';
import {wantsPlainQuestions} from '../plain/wanted.ts';
import {wantsScreen} from '../plan/plan-command.ts';
import {hostsOf, isProgram, moveIn, ownBundle, wayInOf} from './answers.ts';
import {withEngineOf} from './databases.ts';
import {storageIn} from './peers.ts';
import type {PlanName} from './scenes.ts';
import {isOfWorld} from './world-folder.ts';

/** What `rehearse` takes beside the shared options. */
export type RehearsalOptions = GlobalOptions & {
	readonly fault?: FaultName | undefined;
	readonly pace: 'real' | 'fast';
	readonly mysql?: 'played' | 'unpacked' | undefined;
	readonly clientTools?: 'unpacked' | 'none' | undefined;
	readonly wayIn?: WayIn | undefined;
	/** Which sample is carried in, and what is done with it. */
	readonly sample: Sample;
	readonly plan: PlanName;
	readonly storage?: 's3' | undefined;
	/** What back and restore take away is agreed to, where nobody is asked. */
	readonly acceptLoss: boolean;
	readonly fresh: boolean;
	/** The world is kept up, and nothing is gone through. */
	readonly serve: boolean;
	/** Called when the screen is about to take the keys of the terminal. */
	readonly onScreen?: HandOver | undefined;
};

/** A rehearsal that is about to begin: where it lies, and whose answers count. */
export type Stage = {
	readonly stateDirectory: string;
	readonly worldFolder: string;
	readonly source: FoundAnswers;
};

/** Is somebody at a terminal who is asked, on the screen or in plain lines? */
export const asksSomebody = (context: Context, options: RehearsalOptions): boolean =>
	wantsScreen(context, options) || wantsPlainQuestions(context, options);

/** The world as a child process, once it answers. */
export type World = Awaited<ReturnType<typeof spawnRehearsal>>;

/** helm for the rehearsal: the one that `npm start` fetched, else what a real run takes. */
const findHelm = async ({environment, homeDirectory}: Context): Promise<string> => {
	const named = environment.ZENML_AIRGAP_HELM;
	if (named && (await isProgram(named))) return named;
	const fetched = path.join(cacheFolderOf(environment, homeDirectory), 'helm', '4.2.3', 'helm');
	// It is run as this user, so nobody else may have put it there.
	return (await isProgram(fetched)) && safeFolder(path.dirname(fetched)) !== undefined ? fetched : 'auto';
};

/** Starts the world as a child process. @throws ProblemError what the world cannot start for */
export const startWorld = async (context: Context, options: RehearsalOptions, stage: Stage): Promise<World> => {
	const {worldFolder, source} = stage;
	const own = await ownBundle(source);
	const storage = options.storage ?? storageIn(partialAnswers(source).draft);
	let isUp = false;
	const world = await spawnRehearsal({
		execArgv: context.nodeArguments,
		directory: worldFolder,
		...(own !== undefined && !own.startsWith(`${worldFolder}${path.sep}`) && {bundle: own}),
		hosts: hostsOf(source, {hosts: [rehearsalHosts.controlPlane, rehearsalHosts.workspace]}),
		...(options.fault !== undefined && {fault: options.fault}),
		...(options.mysql !== undefined && {mysql: options.mysql}),
		...(options.clientTools !== undefined && {clientTools: options.clientTools}),
		wayIn: options.wayIn ?? wayInOf(source),
		sample: options.sample,
		...(storage !== undefined && {storage}),
		pace: options.pace,
		// Whoever keeps a world up for other shells reminds the other teams as well.
		isAttended: options.serve || asksSomebody(context, options),
		log: (line) => {
			if (!isUp) context.err(`rehearsal: ${printable(line)}\n`);
		},
		signal: context.signal,
	});
	isUp = true;
	return world;
};

/** The rehearsal's own answers for this host. Whoever pins a key wants to see what it does, on the sample as well. */
export const ownAnswers = async (context: Context, {source}: Stage, world: World): Promise<Draft> => {
	const onEngine = withEngineOf(partialAnswers(source).draft, world.answers as unknown as Draft);
	const given = setAt(onEngine, 'helm.binary', await findHelm(context));
	const pins = source.overrides.some(({path: at}) => at.startsWith('bundle.signature.'));
	return pins ? removeAt(given, 'bundle.signature') : given;
};

/** The answers for this run, moved into the world, and what is to be said about it. */
export const answersFor = async (
	context: Context,
	{source, worldFolder}: Stage,
	world: {readonly answers: unknown; readonly directory: string; readonly faultBegins: boolean},
): Promise<{readonly answers: AnswersFrom; readonly lines: readonly string[]}> => {
	const file = source.from === 'file' ? source.answers.file : '(answers of the rehearsal)';
	const asValues = (values: unknown): AnswersFrom => ({kind: 'values', values, file});
	if (source.from === 'nothing') return {answers: asValues(world.answers), lines: []};
	// The journal of an unfinished rehearsal has what the operator edited; a new fault starts from the world's own files.
	const kept = source.answers.kind === 'values' ? source.answers.values : undefined;
	const isOfEarlier = source.from === 'journal' && isOfWorld({answers: kept}, worldFolder);
	if (isOfEarlier && !world.faultBegins) return {answers: {...source.answers, file}, lines: []};
	const {draft, lines} = await moveIn(context, source, world);
	// Answers that were moved in before are nobody's own: what became of them was told then.
	return {answers: asValues(draft), lines: isOfEarlier ? [] : lines};
};
