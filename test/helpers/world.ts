import {chmod, mkdir, mkdtemp, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {fileURLToPath} from 'node:url';
import mysqlDriver from 'mysql2/promise';
import pg from 'pg';
import {filesIn, type Rehearsal, type RehearsalOptions, startRehearsal} from '../../rehearsal/index.ts';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {type Answers, type AnswersInput, answersSchema} from '../../source/answers/schema.ts';
import type {Context} from '../../source/app/base/context.ts';
import {createPortsSlot} from '../../source/app/run/ports.ts';
import {type RunReport, type RunRequest, runPlan} from '../../source/app/run/run.ts';
import {systemClock} from '../../source/base/clock.ts';
import {type Problem, toProblem} from '../../source/base/problem.ts';
import {createRedactor} from '../../source/base/redact.ts';
import {type Controls, unattended} from '../../source/engine/controls.ts';
import type {Event} from '../../source/engine/events.ts';
import type {Finding} from '../../source/engine/plan.ts';
import {plans} from '../../source/plans/index.ts';
import {installPlan} from '../../source/plans/install.ts';
import type {Ports, World} from '../../source/steps/world.ts';

/** Small enough that images cost no time, large enough to be sent in pieces. */
export const bundleBytes = 240_000;
const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** A folder that PostgreSQL's own user may pass through when the tests run as root. */
export const makeFolder = async (): Promise<string> => {
	const folder = await mkdtemp('/var/tmp/zenml-airgap-test-');
	await chmod(folder, 0o711);
	return folder;
};

/** What a look at one step gave; a thrown problem is `blocked`, as the engine sees it. */
export type Look = Finding;

/** One rehearsed site with the real ports, for one test file. */
export type Site = {
	readonly folder: string;
	readonly stateDirectory: string;
	readonly rehearsal: Rehearsal;
	/** The answers of the site, complete; `change` may alter what an operator would have written. */
	readonly answers: (change?: (input: AnswersInput) => AnswersInput) => Answers;
	readonly context: (environment?: Readonly<Record<string, string>>) => Context;
	/** The world that steps get. */
	readonly world: (answers: Answers, pass?: World['pass'], acknowledged?: boolean) => Promise<World>;
	readonly check: (id: string, answers: Answers, pass?: World['pass'], acknowledged?: boolean) => Promise<Look>;
	readonly apply: (id: string, answers: Answers) => Promise<void>;
	/** A whole run through the composition root, without a screen. */
	readonly run: (
		answers: Answers,
		more?: Partial<
			Pick<RunRequest, 'plan' | 'pass' | 'from' | 'until' | 'prompted' | 'context' | 'signal' | 'stateDirectory'>
		> & {
			readonly controls?: (acknowledged: readonly string[]) => Controls<Answers>;
		},
	) => Promise<RunReport & {readonly events: readonly Event[]}>;
	/** Rows of a statement run by the database's superuser. */
	readonly sql: (text: string, database?: string) => Promise<readonly Record<string, unknown>[]>;
	/** The same on the MySQL of the workspaces. */
	readonly mysql: (text: string, database?: string) => Promise<unknown>;
	readonly stop: () => Promise<void>;
};

const never = new AbortController().signal;

/** What the door of the program hands in, with nobody at the terminal. */
export const makeContext = (
	folder: string,
	environment: Readonly<Record<string, string>> = {},
	output: {readonly out?: (text: string) => void; readonly err?: (text: string) => void} = {},
): Context => ({
	version: '0.0.0-test',
	environment: {PATH: process.env.PATH, ...environment},
	homeDirectory: folder,
	workingDirectory: folder,
	temporaryDirectory: folder,
	hostName: 'jump-host',
	userName: 'operator',
	userId: process.getuid?.(),
	pid: process.pid,
	clock: systemClock,
	redactor: createRedactor(),
	out: output.out ?? (() => undefined),
	err: output.err ?? (() => undefined),
	signal: never,
	screen: false,
	color: false,
	light: undefined,
	asksBackground: false,
	signals: {title: 'none', bell: false, notify: false},
	ascii: true,
	stdin: new PassThrough() as unknown as NodeJS.ReadStream,
	stdout: new PassThrough() as unknown as NodeJS.WriteStream,
	stderr: {isTTY: false, columns: 80},
	programDirectory: root,
	nodeArguments: [],
	startedByNpm: false,
	interrupt: () => undefined,
	leave: (exitCode) => {
		throw new Error(`left with exit code ${exitCode}`);
	},
});

const secretBehind = async (reference: string): Promise<string> => readFile(reference.replace(/^file:/u, ''), 'utf8');

/** Starts a site in a folder of its own, or again in one that is there. */
export const startSite = async (
	options: Partial<
		Pick<RehearsalOptions, 'fault' | 'bundleBytes' | 'sample' | 'hosts' | 'wayIn' | 'storage' | 'mysql'>
	> & {
		readonly folder?: string;
		readonly helm?: string;
	} = {},
): Promise<Site> => {
	const folder = options.folder ?? (await makeFolder());
	const {helm} = options.helm === undefined ? await fetchHelm('4.2.3') : {helm: options.helm};
	const rehearsal = await startRehearsal({
		directory: path.join(folder, 'world'),
		pace: 'fast',
		bundleBytes: options.bundleBytes ?? bundleBytes,
		log: () => undefined,
		...(options.fault === undefined ? {} : {fault: options.fault}),
		...(options.mysql === undefined ? {} : {mysql: options.mysql}),
		...(options.wayIn === undefined ? {} : {wayIn: options.wayIn}),
		...(options.sample === undefined ? {} : {sample: options.sample}),
		...(options.hosts === undefined ? {} : {hosts: options.hosts}),
		...(options.storage === undefined ? {} : {storage: options.storage}),
		...(options.mysql === undefined ? {} : {mysql: options.mysql}),
	});
	const stateDirectory = path.join(folder, 'state');
	await mkdir(stateDirectory, {recursive: true});
	const opened = new Map<Answers, Ports>();
	const ends: (() => Promise<void>)[] = [];
	const input: AnswersInput = {...rehearsal.answers, helm: {binary: helm}};
	const plain = answersSchema.parse(input);
	const answers: Site['answers'] = (change) => (change ? answersSchema.parse(change(structuredClone(input))) : plain);
	const context: Site['context'] = (environment) => makeContext(folder, environment);
	const shared = context();
	const world: Site['world'] = async (wanted, pass = 'apply', acknowledged = false) => {
		let ports = opened.get(wanted);
		if (!ports) {
			const slot = createPortsSlot({context: shared, stateDirectory, prompted: new Map()});
			ports = slot.open(wanted);
			ends.push(slot.close);
			opened.set(wanted, ports);
		}
		return {
			...ports,
			answers: wanted,
			pass,
			runId: 'run-of-the-test',
			signal: never,
			report: () => undefined,
			acknowledged,
		};
	};
	const stepOf = (id: string) => {
		const step = installPlan.steps.find((one) => one.id === id);
		if (!step) throw new Error(`There is no step ${id}`);
		return step;
	};
	return {
		folder,
		stateDirectory,
		rehearsal,
		answers,
		context,
		world,
		check: async (id, wanted, pass, acknowledged) => {
			try {
				return await stepOf(id).check(await world(wanted, pass, acknowledged));
			} catch (error) {
				return {status: 'blocked', problem: toProblem(error)};
			}
		},
		apply: async (id, wanted) => {
			const {apply} = stepOf(id);
			if (!apply) throw new Error(`Step ${id} applies nothing`);
			await apply(await world(wanted));
		},
		run: async (wanted, more = {}) => {
			const events: Event[] = [];
			const report = await runPlan({
				context: context(),
				stateDirectory,
				plan: plans.install,
				pass: 'apply',
				answers: wanted,
				prompted: new Map(),
				controls: (acknowledged) =>
					unattended({acknowledged: (step) => acknowledged.includes(step), handoverLimitMs: 60_000}),
				signal: never,
				...more,
				listeners: [(event) => events.push(event)],
			});
			return {...report, events};
		},
		sql: async (text, database = 'postgres') => {
			const {server} = answers().controlPlane.database;
			const {host, port, admin} = server ?? answers().database;
			const password = await secretBehind(`file:${filesIn(rehearsal.directory).databasePassword}`);
			const client = new pg.Client({
				host,
				port,
				user: admin?.username ?? 'postgres',
				password,
				database,
				ssl: {ca: await readFile(filesIn(rehearsal.directory).ca, 'utf8')},
			});
			await client.connect();
			try {
				return (await client.query(text)).rows as Record<string, unknown>[];
			} finally {
				await client.end();
			}
		},
		mysql: async (text, database) => {
			const {host, port, admin} = answers().database;
			const password = await secretBehind(`file:${filesIn(rehearsal.directory).mysqlPassword}`);
			const connection = await mysqlDriver.createConnection({
				host: host ?? '',
				port: port ?? 3306,
				user: admin?.username ?? 'root',
				password,
				...(database !== undefined && {database}),
				ssl: {ca: await readFile(filesIn(rehearsal.directory).ca, 'utf8')},
			});
			try {
				return (await connection.query(text))[0];
			} finally {
				await connection.end();
			}
		},
		stop: async () => {
			for (const end of ends) await end();
			await rehearsal.stop();
			if (options.folder === undefined) await rm(folder, {recursive: true, force: true});
		},
	};
};

/** The problem that stopped a look, or a test that fails with what was seen instead. */
export const problemOf = (look: Look): Problem => {
	if (look.status === 'blocked') return look.problem;
	throw new Error(`Expected a problem, got ${JSON.stringify(look)}`);
};

/** `action target` of everything that a look would change. */
export const changesOf = (look: Look): readonly string[] => {
	if (look.status === 'todo') return look.changes.map(({action, target}) => `${action} ${target}`);
	if (look.status === 'ok') return [];
	throw new Error(`Expected changes, got ${JSON.stringify(look)}`);
};

/** What the whole run wanted to change, by step. */
export const plannedIn = (events: readonly Event[]): Readonly<Record<string, readonly string[]>> =>
	Object.fromEntries(
		events.flatMap((event) =>
			event.type === 'step-todo'
				? [[event.step, event.changes.map(({action, target}) => `${action} ${target}`)] as const]
				: [],
		),
	);
