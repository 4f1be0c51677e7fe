import {stat} from 'node:fs/promises';
import {connect} from 'node:net';
import path from 'node:path';
import * as z from 'zod';
import type {Answers} from '../../answers/schema.ts';
import {isErrno} from '../../base/errno.ts';
import {readBounded} from '../../base/reading/bounded.ts';
import {shellWord} from '../../base/shell.ts';
import type {PlanEntry} from '../../plans/index.ts';
import type {Context} from './context.ts';
import {rehearsalRunProblems} from './rehearsal-problems.ts';
import {stateFolderOf} from './surroundings.ts';
import {worldPlaceOf} from './world-place.ts';

/** The record that a played world keeps beside its kubeconfig (rehearsal/record.ts), as far as it is needed here. */
const recordSchema = z.looseObject({
	ports: z.looseObject({kubernetes: z.int().min(1).max(65_535)}),
	mysql: z.string().optional(),
});

/** A record holds keys and names, bytes. */
const mostBytes = 1024 * 1024;

/** How long a port of this host may take to answer, ms. */
const answerMs = 2000;

/** The world that a cluster is played in: its folder, the port of its Kubernetes, and whether no dump can be made of its MySQL. */
type PlayedWorld = {readonly folder: string; readonly port: number; readonly mysqlIsPlayed: boolean};

const textOf = async (file: string): Promise<string | undefined> => {
	try {
		return (await readBounded(file, mostBytes)).bytes.toString('utf8');
	} catch (error) {
		if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR') || isErrno(error, 'EACCES')) return undefined;
		throw error;
	}
};

const parsed = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

/** The extension of a cluster that names its world (rehearsal/kubernetes/kubeconfig.ts). */
const mark = 'zenml-airgap.io/rehearsal';

/** What a pipe gives is read once, by whoever uses it; what is wrong with a kubeconfig is told there, too. */
const textOfFile = async (file: string): Promise<string | undefined> => {
	try {
		return (await stat(file)).isFile() ? await textOf(file) : undefined;
	} catch {
		return undefined;
	}
};

/** The folder of the world that a kubeconfig names for the cluster of its context, also a copy that lies elsewhere; undefined for any other. */
const markedWorld = async (file: string, context: string | undefined): Promise<string | undefined> => {
	const text = await textOfFile(file);
	if (text?.includes(mark) !== true) return undefined;
	return (await import('./marked-kubeconfig.ts')).worldIn(text, mark, context);
};

/** The world of the cluster that the answers name; undefined for a real cluster, and for a record that says no port. */
const worldOf = async (
	{environment}: Context,
	{kubernetes}: Pick<Answers, 'kubernetes'>,
): Promise<PlayedWorld | undefined> => {
	const kubeconfig = kubernetes.kubeconfig ?? environment.KUBECONFIG;
	if (!kubeconfig) return undefined;
	const file = path.resolve(kubeconfig);
	const folder = (await markedWorld(file, kubernetes.context)) ?? path.dirname(file);
	const text = await textOf(path.join(folder, 'rehearsal.json'));
	const record = recordSchema.safeParse(text === undefined ? undefined : parsed(text));
	if (!record.success) return undefined;
	const {ports, mysql} = record.data;
	return {folder, port: ports.kubernetes, mysqlIsPlayed: mysql === 'played'};
};

const listens = (port: number): Promise<boolean> =>
	new Promise((done) => {
		const socket = connect({port, host: '127.0.0.1', timeout: answerMs});
		const end = (is: boolean) => (): void => {
			socket.destroy();
			done(is);
		};
		socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
	});

/** The state folder by which a rehearsal finds this world again, as far as it is known. */
const placeOf = ({environment, homeDirectory, userId}: Context, world: string, stateDirectory: string) => {
	const usual = path.join(stateFolderOf(environment, homeDirectory), 'rehearsal');
	// The commands that a served world names have its own state folder, too.
	const known = [usual, stateDirectory, path.dirname(world)];
	const found = known.find((folder) => worldPlaceOf(userId, folder) === world);
	if (found === undefined) return {case: 'unknown'} as const;
	return found === usual ? ({case: 'usual'} as const) : ({case: 'elsewhere', state: found} as const);
};

/**
 * The command that begins a world anew which is kept up, with a MySQL that dumps can be made of; undefined for a world that has one, and
 * for a real site.
 */
export const anewForDumps = async (
	context: Context,
	answers: Pick<Answers, 'kubernetes'>,
	stateDirectory: string,
): Promise<string | undefined> => {
	const world = await worldOf(context, answers);
	if (!world?.mysqlIsPlayed) return undefined;
	const place = placeOf(context, world.folder, stateDirectory);
	const state = place.case === 'elsewhere' ? ` --state-dir ${shellWord(place.state)}` : '';
	return `zenml-airgap rehearse --serve --fresh --mysql unpacked --client-tools unpacked${state}`;
};

/** The context of work on these answers: that of a rehearsal where their cluster is played. */
export const contextOf = async (context: Context, answers: Pick<Answers, 'kubernetes'>): Promise<Context> =>
	context.rehearsal === true || (await worldOf(context, answers)) === undefined
		? context
		: {...context, rehearsal: true};

/**
 * The same, for work that needs the cluster: answers of a rehearsal are of use only while its world is up.
 * @throws ProblemError `rehearsal-not-up`
 */
export const contextInWorld = async (context: Context, answers: Answers, stateDirectory: string): Promise<Context> => {
	if (context.rehearsal === true) return context;
	const world = await worldOf(context, answers);
	if (world === undefined) return context;
	const {folder, port} = world;
	if (!(await listens(port)))
		throw rehearsalRunProblems.error('rehearsal-not-up', {...placeOf(context, folder, stateDirectory), folder});
	return {...context, rehearsal: true};
};

/** A run of a plan, as far as it counts here. */
type Dumped = {
	readonly plan: Pick<PlanEntry, 'id' | 'dumps'>;
	readonly answers: Answers;
	readonly stateDirectory: string;
};

/**
 * Refuses a plan that needs dumps where none can be made.
 * @throws ProblemError `rehearsal-needs-mysql`
 */
export const requireDumps = async (
	context: Context,
	{plan: {id: plan, dumps}, answers, stateDirectory}: Dumped,
): Promise<void> => {
	if (!dumps) return;
	const command = await anewForDumps(context, answers, stateDirectory);
	if (command === undefined) return;
	throw rehearsalRunProblems.error('rehearsal-needs-mysql', {case: 'served', plan, command});
};
