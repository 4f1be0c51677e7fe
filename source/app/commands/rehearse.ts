import {lstat, mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {type FaultName, rehearsalHosts, spawnRehearsal} from '../../../rehearsal/index.ts';
import {type Draft, removeAt, setAt} from '../../answers/draft.ts';
import {lookUp} from '../../answers/tree.ts';
import {acquireFileLock} from '../../base/lock.ts';
import {ProblemError} from '../../base/problem.ts';
import {fingerprintOf} from '../../engine/converge.ts';
import type {Journal} from '../../engine/journal.ts';
import type {Request} from '../command-line.ts';
import type {Context} from '../context.ts';
import {runHeadless} from '../headless.ts';
import {type AnswerSource, completeAnswers, findAnswers, partialAnswers, stateDirectoryOf} from '../inputs.ts';
import {runPlain, wantsPlainQuestions} from '../plain/install.ts';
import {hostsOf, isProgram, judgeOwnFile, moveIn, ownBundle, refuseOutside, stayInside} from '../rehearsal-answers.ts';
import {runScreen} from '../screen.ts';
import {resumeCommand, wantsScreen} from './install.ts';

type RehearseRequest = Extract<Request, {command: 'rehearse'}>;

/** PostgreSQL does not run as root, and its other user may not enter root's home: root's worlds lie where everybody may pass. */
const worldDirectoryOf = async ({userId}: Context, stateDirectory: string): Promise<string> => {
	if (userId !== 0) return path.join(stateDirectory, 'world');
	const folder = path.join('/var/tmp', `zenml-airgap-rehearsal-${fingerprintOf(stateDirectory).slice(0, 12)}`);
	await mkdir(folder, {mode: 0o711}).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'EEXIST') throw error;
	});
	const found = await lstat(folder);
	if (found.isDirectory() && found.uid === userId) return folder;
	throw new ProblemError({
		code: 'rehearsal-folder-foreign',
		area: 'prerequisites',
		message: `The folder ${folder} belongs to somebody else.`,
		cause: 'The rehearsal of root keeps its world there, and will not trust a folder that another user made.',
		fix: 'Remove that folder, or name another --state-dir.',
	});
};

/** helm for the rehearsal: the one that `npm start` fetched, else the first on the search path. */
const findHelm = async ({environment, homeDirectory}: Context): Promise<string> => {
	const cache = environment.XDG_CACHE_HOME || path.join(homeDirectory, '.cache');
	for (const file of [environment.ZENML_AIRGAP_HELM, path.join(cache, 'zenml-airgap', 'helm', '4.2.3', 'helm')]) {
		if (file && (await isProgram(file))) return file;
	}
	return 'helm';
};

/** What runs leave in their state folder; nothing else in it is ever removed, since the operator chose it. */
const traces = ['state.json', 'state.json.previous', 'lock', 'logs', 'reports', 'charts', 'helm', 'handover', 'world'];

/** Is this the journal of a rehearsal in this world? One of a real install may lie in the same folder. */
const isOfWorld = (journal: Journal | undefined, worldDirectory: string): boolean => {
	const kubeconfig = lookUp(journal?.answers, 'kubernetes.kubeconfig');
	return typeof kubeconfig === 'string' && path.dirname(kubeconfig) === worldDirectory;
};

/** Forgets the world of an earlier rehearsal. The caller holds its lock. @throws ProblemError `rehearsal-state-foreign`. */
const forget = async (stateDirectory: string, worldDirectory: string, journal: Journal | undefined): Promise<void> => {
	if (journal && !isOfWorld(journal, worldDirectory))
		throw new ProblemError({
			code: 'rehearsal-state-foreign',
			area: 'usage',
			message: `The folder ${stateDirectory} holds the state of another install; it is not removed.`,
			cause: 'Its state.json was not written by a rehearsal in this folder.',
			fix: 'Name another --state-dir for the rehearsal.',
		});
	await rm(worldDirectory, {recursive: true, force: true});
	for (const trace of traces) await rm(path.join(stateDirectory, trace), {recursive: true, force: true});
};

/** The text of the answers for this run, and what is to be said about it. */
const answersFor = async (
	context: Context,
	source: AnswerSource & {readonly journal?: Journal},
	world: {readonly answers: unknown; readonly directory: string; readonly faultBegins: boolean},
): Promise<{readonly text: string; readonly lines: readonly string[]}> => {
	if (source.from === 'nothing') return {text: JSON.stringify(world.answers), lines: []};
	// The journal of an unfinished rehearsal has what the operator edited; a new fault starts from the world's own files.
	if (source.from === 'journal' && isOfWorld(source.journal, world.directory) && !world.faultBegins)
		return {text: source.text, lines: []};
	return moveIn(context, source, world);
};

/** `rehearse`: starts the world as a child process, then runs the real installer against it. Returns the exit code. */
export const runRehearsal = async (context: Context, request: RehearseRequest): Promise<number> => {
	const {options} = request;
	const stateDirectory = stateDirectoryOf(context, options, 'rehearsal');
	// Before anything is read or started: two rehearsals in one folder would share ports and files.
	const unlock = await acquireFileLock(path.join(stateDirectory, 'rehearsal.lock'), {
		pid: context.pid,
		host: context.hostName,
		user: context.userName,
		runId: 'rehearsal',
		startedAt: context.clock.now(),
	});
	try {
		return await rehearse(context, request, stateDirectory);
	} catch (error) {
		if (!context.signal.aborted) throw error;
		const {reason} = context.signal;
		throw new ProblemError({
			code: 'stopped',
			area: 'stopped',
			message: 'The rehearsal was stopped before it had started.',
			cause: reason instanceof Error ? reason.message : String(reason),
			fix: 'Start the same command again: it goes on with the same world.',
		});
	} finally {
		await unlock();
	}
};

const rehearse = async (context: Context, request: RehearseRequest, stateDirectory: string): Promise<number> => {
	const {options} = request;
	const worldDirectory = await worldDirectoryOf(context, stateDirectory);
	const before = await findAnswers(context, options, stateDirectory);
	refuseOutside(before);
	const screen = wantsScreen(context, options);
	const asks = screen || wantsPlainQuestions(context, options);
	// Where somebody can be asked, what is missing is asked for.
	if (before.from === 'file' && !asks) judgeOwnFile(before);
	// A fault is played on a world in which there is still something to do.
	const again = request.fault !== undefined && before.journal?.outcome === 'done';
	if (request.fresh || again) await forget(stateDirectory, worldDirectory, before.journal);
	const source = request.fresh || again ? await findAnswers(context, options, stateDirectory) : before;
	const say = (line: string): void => context.err(`rehearsal: ${line}\n`);
	const own = await ownBundle(source);
	const bundle = own?.startsWith(`${worldDirectory}${path.sep}`) ? undefined : own;
	let quiet = false;
	const built = context.version !== '0.0.0-source';
	const rehearsal = await spawnRehearsal({
		entry: path.join(context.programDirectory, built ? 'rehearsal-host.js' : 'rehearsal/host-main.ts'),
		execArgv: context.nodeArguments,
		directory: worldDirectory,
		...(bundle === undefined ? {} : {bundle}),
		hosts: hostsOf(source, {hosts: [rehearsalHosts.controlPlane, rehearsalHosts.workspace]}),
		...(request.fault === undefined ? {} : {fault: request.fault as FaultName}),
		pace: request.pace,
		charts: path.join(context.programDirectory, built ? 'charts' : 'rehearsal/charts'),
		log: (line) => {
			if (!quiet) say(line);
		},
		signal: context.signal,
	});
	try {
		quiet = true;
		const given = setAt(rehearsal.answers as unknown as Draft, 'helm.binary', await findHelm(context));
		// Whoever pins a key wants to see what it does, on the sample as well.
		const pins = source.overrides.some(({path: at}) => at.startsWith('bundle.signature.'));
		const answers = pins ? removeAt(given, 'bundle.signature') : given;
		const {text, lines} = await answersFor(context, source, {...rehearsal, answers});
		const told = [...rehearsal.describe(), ...lines];
		const inWorld: AnswerSource = {
			...source,
			text,
			from: 'file',
			...(source.from === 'file' ? {} : {file: '(answers of the rehearsal)'}),
		};
		const resume = `${resumeCommand(context, 'rehearse', options)}${request.pace === 'fast' ? ' --pace fast' : ''}`;
		if (asks) {
			const loaded = partialAnswers(inWorld);
			return await (screen ? runScreen : runPlain)(context, options, {
				stateDirectory,
				loaded,
				resumeCommand: resume,
				rehearsal: told.filter((line) => !rehearsal.fault.includes(line)),
				fault: rehearsal.fault,
				judge: stayInside(answers),
				...(source.journal ? {journal: source.journal} : {}),
			});
		}
		for (const line of told) say(line);
		return await runHeadless(context, options, {
			mode: 'install',
			answers: completeAnswers(inWorld, options),
			stateDirectory,
			resumeCommand: resume,
		});
	} finally {
		await rehearsal.stop();
	}
};
