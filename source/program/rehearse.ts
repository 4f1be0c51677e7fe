import {access, constants, lstat, mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {getAt, setAt} from '../answers/draft.ts';
import {fingerprintOf} from '../engine/converge.ts';
import {acquireFileLock} from '../engine/lock.ts';
import {ProblemError} from '../engine/problem.ts';
import type {FaultName} from '../rehearsal/faults.ts';
import {spawnRehearsal} from '../rehearsal/host.ts';
import type {Request} from './command-line.ts';
import type {Context} from './context.ts';
import {runHeadless} from './headless.ts';
import {type AnswerSource, completeAnswers, findAnswers, partialAnswers, stateDirectoryOf} from './inputs.ts';
import {resumeCommand, wantsScreen} from './install.ts';
import {runScreen} from './screen.ts';

type RehearseRequest = Extract<Request, {command: 'rehearse'}>;

/** Answers whose values the rehearsal decides, whatever the operator's file says: addresses, logins and files of its world. */
const decidedByRehearsal = [
	'kubernetes',
	'registry.host',
	'registry.username',
	'registry.password',
	'registry.ca',
	'registry.plainHttp',
	'tls.certificate',
	'tls.key',
	'tls.ca',
	'ingress.address',
	'ingress.httpsPort',
	'ingress.className',
	'database.host',
	'database.port',
	'database.tls',
	'database.ca',
	'database.admin',
	'network.nameServer',
	'network.trustStore',
] as const;

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
		if (file === undefined || file === '') continue;
		const usable = await access(file, constants.X_OK).then(
			() => true,
			() => false,
		);
		if (usable) return file;
	}
	return 'helm';
};

/** The operator's own answers, moved into the rehearsed world. */
const moveIn = (source: AnswerSource, world: unknown): string => {
	const own = partialAnswers(source).draft;
	const moved = decidedByRehearsal.reduce((draft, at) => setAt(draft, at, getAt(world as typeof own, at)), own);
	return JSON.stringify(moved);
};

/** Hosts of the operator's answers, for the certificate of the rehearsed world. */
const hostsOf = (source: AnswerSource): readonly string[] => {
	const {draft} = partialAnswers(source);
	const workspaces = getAt(draft, 'workspaces');
	const at = [
		'controlPlane.host',
		...(Array.isArray(workspaces) ? workspaces.map((_one, index) => `workspaces.${index}.host`) : []),
	];
	return at.flatMap((one) => {
		const host = getAt(draft, one);
		return typeof host === 'string' ? [host] : [];
	});
};

/** Forgets the world of an earlier rehearsal, unless somebody is in it. */
const forget = async (context: Context, stateDirectory: string, worldDirectory: string): Promise<void> => {
	const unlock = await acquireFileLock(path.join(stateDirectory, 'lock'), {
		pid: context.pid,
		host: context.hostName,
		user: context.userName,
		runId: 'fresh',
		startedAt: context.clock.now(),
	});
	await unlock();
	await rm(worldDirectory, {recursive: true, force: true});
	await rm(stateDirectory, {recursive: true, force: true});
};

/** `rehearse`: starts the world as a child process, then runs the real installer against it. Returns the exit code. */
export const runRehearsal = async (context: Context, request: RehearseRequest): Promise<number> => {
	const {options} = request;
	const stateDirectory = stateDirectoryOf(context, options, 'rehearsal');
	const before = await findAnswers(context, {...options, set: []}, stateDirectory);
	// A fault is played on a world in which there is still something to do.
	if (request.fresh || (request.fault !== undefined && before.journal?.outcome === 'done')) {
		await forget(context, stateDirectory, await worldDirectoryOf(context, stateDirectory));
	}
	const source = await findAnswers(context, options, stateDirectory);
	const say = (line: string): void => context.err(`rehearsal: ${line}\n`);
	const source0 = source.from === 'file' ? hostsOf(source) : [];
	let quiet = false;
	const built = context.version !== '0.0.0-source';
	const rehearsal = await spawnRehearsal({
		entry: path.join(context.programDirectory, built ? 'rehearsal-host.js' : 'source/rehearsal/host-main.ts'),
		execArgv: context.nodeArguments,
		directory: await worldDirectoryOf(context, stateDirectory),
		...(options.bundle === undefined ? {} : {bundle: path.resolve(context.workingDirectory, options.bundle)}),
		...(source0.length > 0 ? {hosts: source0} : {}),
		...(request.fault === undefined ? {} : {fault: request.fault as FaultName}),
		pace: request.pace,
		charts: path.join(context.programDirectory, built ? 'charts' : 'source/rehearsal/charts'),
		log: (line) => {
			if (!quiet) say(line);
		},
		signal: context.signal,
	});
	try {
		quiet = true;
		const world = {...rehearsal.answers, helm: {binary: await findHelm(context)}};
		// The journal of an unfinished rehearsal has what the operator edited; a new fault starts from the world's own answers.
		const text =
			source.from === 'file'
				? moveIn(source, world)
				: source.from === 'journal' && request.fault === undefined
					? source.text
					: JSON.stringify(world);
		const inWorld: AnswerSource = {
			...source,
			text,
			from: 'file',
			...(source.from === 'file' ? {} : {file: '(answers of the rehearsal)'}),
		};
		const again = resumeCommand(context, 'rehearse', options);
		if (wantsScreen(context, options)) {
			const loaded = partialAnswers(inWorld);
			return await runScreen(context, options, {
				stateDirectory,
				loaded,
				resumeCommand: again,
				rehearsal: rehearsal.describe(),
				...(source.journal ? {journal: source.journal} : {}),
			});
		}
		for (const line of rehearsal.describe()) say(line);
		return await runHeadless(context, options, {
			mode: 'install',
			answers: completeAnswers(inWorld, options),
			stateDirectory,
			resumeCommand: again,
		});
	} finally {
		await rehearsal.stop();
	}
};
