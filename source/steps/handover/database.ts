import {addressOf, type DatabaseServer} from '../../answers/database-server.ts';
import {keyInGenerated} from '../../answers/secret/generated.ts';
import {isAbort, type Problem, ProblemError, toProblem} from '../../base/problem.ts';
import type {NeededAccount, NeededServer} from '../../handover/database/given.ts';
import {databasePack} from '../../handover/database/index.ts';
import type {Pack} from '../../handover/pack.ts';
import {connectionsNeeded} from '../databases/connections.ts';
import {stepProblems} from '../problems.ts';
import {neededDatabase, portFor} from '../shared/database-logins.ts';
import {type ServerGroup, serverGroups} from '../shared/database-servers.ts';
import {asOneReading, generatedSecretPlace, type SecretReader, secretFor} from '../shared/generated.ts';
import type {Component} from '../shared/names.ts';
import {databasePassword} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';
import {askingOf, type Gathered, type Wish} from './gathered.ts';

/** Where a password comes from, without it. */
const sourceOf = (world: World, component: Component): string => {
	const {reference, answer, generated} = databasePassword(component);
	if (reference === 'generate')
		return `generated, key ${keyInGenerated(generated)} of the Secret ${generatedSecretPlace(world)}`;
	return reference === 'prompt' ? `typed by the operator (${answer})` : `${reference} (${answer}), on the jump host`;
};

const accountOf = (world: World, server: DatabaseServer, component: Component): NeededAccount => {
	const needed = neededDatabase(world, component);
	return {
		username: needed.username,
		database: needed.database,
		label: component.label,
		script: portFor(world, server).script(needed),
		source: sourceOf(world, component),
		isGenerated: databasePassword(component).reference === 'generate',
	};
};

/** The CA of a server, as the operator finds it. */
const caOf = ({answers}: World, {from, ca}: DatabaseServer): NeededServer['ca'] =>
	ca === undefined ? {file: answers.tls.ca, answer: 'tls.ca'} : {file: ca, answer: `${from}.ca`};

/** Servers that are the database admin's to prepare. Where this tool has a login for each, all are, for somebody to agree to. */
const groupsOfDba = (world: World): readonly ServerGroup[] => {
	const groups = serverGroups(world);
	const others = groups.filter(({server}) => server.admin === undefined);
	return others.length > 0 ? others : groups;
};

/** Servers of which these papers say nothing, as this tool has a login there and not on others. */
const leftOut = (world: World): readonly string[] => {
	const told = new Set(groupsOfDba(world).map(({server}) => addressOf(server)));
	return serverGroups(world).flatMap(({server}) =>
		told.has(addressOf(server))
			? []
			: [
					`Left out: ${addressOf(server)}, where the installer makes databases and accounts by the login ${server.admin?.username ?? ''}. Tell whoever keeps that server.`,
				],
	);
};

/** From where dumps and restores by hand log in, beside the jump host. */
const dumpsOf = ({answers: {backup, controlPlane}}: World): NeededServer['dumps'] =>
	backup.tools === 'host' ? undefined : {namespace: controlPlane.namespace, isIfNeeded: backup.tools === 'auto'};

/** Every one of these servers with the accounts of those of its components that are asked for. */
const serversOf = (world: World, isAsked: (component: Component) => boolean): readonly NeededServer[] =>
	groupsOfDba(world).flatMap(({server, components}) => {
		const {backup, controlPlane} = world.answers;
		const {kind, namespace = controlPlane.namespace} = backup.schedule;
		const {engine, host, port, tls, admin, clientCertificate} = server;
		const accounts = components.filter(isAsked).map((component) => accountOf(world, server, component));
		if (accounts.length === 0) return [];
		const known = {
			ofControlPlane: components.filter(isAsked).some(({path}) => path === 'controlPlane'),
			admin: admin?.username,
			connections: connectionsNeeded(components),
			...(kind !== 'none' && {backups: namespace}),
			dumps: dumpsOf(world),
			ca: caOf(world, server),
			showsCertificate: tls !== 'disable' && clientCertificate !== undefined,
		};
		const namespaces = [...new Set(components.map(({answers: {namespace}}) => namespace))];
		return [{engine, host, port, tls, namespaces, accounts, ...known}];
	});

/** The certificates alone: a file may hold more than is to be handed on. */
const certificatesIn = (text: string): readonly string[] =>
	(text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/gu) ?? []).flatMap((pem) =>
		pem.split(/\r?\n/u),
	);

type WithCas = {readonly servers: readonly NeededServer[]; readonly lacks: readonly string[]};

/** The same with the CA that each check names; one that cannot be read is told. */
const withCas = async (world: World, servers: readonly NeededServer[]): Promise<WithCas> => {
	const lacks = new Set<string>();
	const read = async ({ca: {file, answer}}: NeededServer): Promise<readonly string[] | undefined> => {
		try {
			return certificatesIn(await world.host.readFile(file, answer));
		} catch (error) {
			if (!(error instanceof ProblemError)) throw error;
			lacks.add(
				`The CA that the check of the database needs is not among the files: ${error.problem.message} Correct ${answer}, or send the CA with the papers.`,
			);
			return undefined;
		}
	};
	const all: NeededServer[] = [];
	for (const server of servers)
		all.push(server.tls === 'verify-full' ? {...server, caPem: await read(server)} : server);
	return {servers: all, lacks: [...lacks]};
};

/**
 * The papers of the database admin for some components; no password is read. Those for a part have a folder of their own: the papers for all
 * of them, which may have passwords beside them, stay as they were handed over.
 */
export const databasePackOf = async (world: World, isAsked: (component: Component) => boolean): Promise<Pack> => {
	const isWhole = groupsOfDba(world).every(({components}) => components.every(isAsked));
	const {servers} = await withCas(world, serversOf(world, isAsked));
	const pack = databasePack(servers, askingOf(world));
	return isWhole ? pack : {...pack, id: 'database-missing'};
};

/** Longest look for passwords that papers only tell of, ms: a cluster may not be reached yet. */
const lookMs = 5000;

/** Whether a password is there to be written; where that cannot be seen it is taken as not made yet. */
const isMade = async ({signal}: World, reader: SecretReader, component: Component): Promise<boolean> => {
	try {
		return (await secretFor(reader, databasePassword(component))) !== undefined;
	} catch (error) {
		if (signal.aborted) throw error;
		return false;
	}
};

/** Generated passwords have a step of their own, which somebody who asks weeks ahead has not run. */
const withoutPasswords = async (world: World): Promise<readonly string[]> => {
	const generated = groupsOfDba(world).flatMap(({components}) =>
		components.filter((one) => databasePassword(one).reference === 'generate'),
	);
	const reader = asOneReading({...world, signal: AbortSignal.any([world.signal, AbortSignal.timeout(lookMs)])});
	const made = await Promise.all(generated.map(async (one) => isMade(world, reader, one)));
	const isDone = askingOf(world).settled !== undefined;
	const later = generated.filter((_one, index) => made[index] === false && !isDone);
	const names = later.map(({answers: {database}}) => database.username).join(', ');
	return [
		'Passwords are not among the files. This writes them:\nzenml-airgap handover database --with-passwords',
		...(later.length === 0 ? [] : [`Generated (${names}), they exist after:\nzenml-airgap install --until secrets`]),
	];
};

/** A password, `undefined` where it is not made yet, or why it cannot be read. */
const passwordOf = async (
	world: World,
	component: Component,
): Promise<{readonly value: string | undefined} | {readonly lack: string}> => {
	try {
		return {value: await secretFor(world, databasePassword(component))};
	} catch (error) {
		if (isAbort(error)) throw error;
		const {username} = component.answers.database;
		return {lack: `The password of ${username} cannot be read: ${toProblem(error).message}`};
	}
};

/** Passwords by the label of their component, and why the others are not among them. */
type Passwords = {
	readonly found: ReadonlyMap<string, string>;
	readonly unmade: readonly string[];
	readonly lacks: readonly string[];
};

const passwordsOf = async (world: World): Promise<Passwords> => {
	const found = new Map<string, string>();
	const [unmade, lacks]: [string[], string[]] = [[], []];
	for (const component of groupsOfDba(world).flatMap(({components}) => components)) {
		const got = await passwordOf(world, component);
		if ('lack' in got) lacks.push(got.lack);
		else if (got.value === undefined) unmade.push(component.answers.database.username);
		else found.set(component.label, got.value);
	}
	return {found, unmade, lacks};
};

/** What could not be had of what was asked for, all of it in one place. */
const passwordsMissing = ({found, unmade, lacks}: Passwords): Problem | undefined => {
	const missing = unmade.length + lacks.length;
	if (missing === 0) return undefined;
	const notMade =
		unmade.length === 0 ? [] : [`Not made yet, which the install does in its step "secrets": ${unmade.join(', ')}.`];
	return stepProblems.problem(
		'handover-passwords-missing',
		{
			case: found.size === 0 ? 'all of them' : 'some',
			...{missing, all: missing + found.size, reasons: [...notMade, ...lacks].join(' ')},
		},
		{nextSteps: unmade.length === 0 ? [] : ['zenml-airgap install --until secrets']},
	);
};

/** What is written in clear does not stay where it lies. */
const inClear = (count: number): readonly string[] =>
	count === 0
		? []
		: [
				`${count === 1 ? 'A password lies' : `${count} passwords lie`} there in clear, readable by you alone: hand ${count === 1 ? 'it' : 'them'} over by a vault or by hand, never by mail, then delete ${count === 1 ? 'it' : 'them'}. This does, and writes the papers without:\nzenml-airgap handover database`,
			];

/** The same at any time; with passwords where they are asked for and there are some. */
export const gatherDatabase = async (world: World, wish: Wish): Promise<Gathered> => {
	const {servers, lacks: casLacking} = await withCas(
		world,
		serversOf(world, () => true),
	);
	if (wish.withPasswords !== true)
		return {
			pack: databasePack(servers, askingOf(world)),
			lacks: [...leftOut(world), ...casLacking, ...(await withoutPasswords(world))],
		};
	const passwords = await passwordsOf(world);
	const filled = servers.map((server) => ({
		...server,
		accounts: server.accounts.map((account) => ({...account, password: passwords.found.get(account.label)})),
	}));
	return {
		pack: databasePack(filled, askingOf(world)),
		lacks: [...leftOut(world), ...casLacking],
		toDo: inClear(passwords.found.size),
		problem: passwordsMissing(passwords),
	};
};
