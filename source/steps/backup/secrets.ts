import {stringify} from 'yaml';
import type {OpenBackup, PartHead} from '../../backup/types.ts';
import {toProblem} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import {journalSecretKey, journalSecretName} from '../../cluster/journal-secret.ts';
import type {Finding} from '../../engine/plan.ts';
import {caSecretName} from '../shared/names.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {componentOf, type Installed, installedOf, nameOf} from './installed.ts';
import {memberOf, readSecrets} from './secret-objects.ts';
import {type BackupOptions, nothingToDo, standingOf} from './standing.ts';

/** A small part, whole in memory; of what there is none of, there is no text. */
export type Small = {readonly head: PartHead; readonly text: () => Promise<string | undefined>};

const json = (value: unknown): string => `${JSON.stringify(value, undefined, '\t')}\n`;

const journalOf = async ({cluster, answers, signal}: World): Promise<string | undefined> => {
	const {namespace} = answers.controlPlane;
	const secret = await cluster.get({apiVersion: 'v1', kind: 'Secret', namespace, name: journalSecretName}, signal);
	return memberOf(secret, journalSecretKey);
};

/** Charts with their digests stand in the bundle alone, which may be gone when a backup is made. */
const chartsOf = async ({bundle, signal, report}: World): Promise<unknown> => {
	try {
		const {digest, controlPlaneChart, workspaceChart} = await bundle.open(signal);
		const charts = [controlPlaneChart, workspaceChart].map(({name, version, digest}) => ({name, version, digest}));
		return {bundle: digest, charts};
	} catch (error) {
		signal.throwIfAborted();
		const text = `the bundle cannot be read, so the digests of charts are not in the backup: ${toProblem(error).message}`;
		report({kind: 'line', level: 'warn', text});
		return {};
	}
};

const inventoryOf = async (world: World, installed: readonly Installed[]): Promise<string> => {
	const components = [];
	for (const one of installed) components.push(await componentOf(world, one));
	return json({...((await chartsOf(world)) as object), components});
};

/** All small parts, each read when its text is asked for. The inventory comes last: where it is, the others are. */
export const smallParts = async (world: World, installed: readonly Installed[]): Promise<readonly Small[]> => {
	const {answers, helm, signal} = world;
	const {list, by} = await readSecrets(world, installed);
	const {namespace} = answers.controlPlane;
	const pair = by.get(`${namespace}/${answers.tls.secretName}`);
	const ca = by.get(`${namespace}/${caSecretName}`);
	const certificate = (name: string, text: string | undefined): Small => ({
		head: {kind: 'certificates', name, ending: 'pem'},
		text: async () => text,
	});
	return [
		{head: {kind: 'secrets', name: 'secrets', ending: 'json'}, text: async () => json(list)},
		certificate('certificate', memberOf(pair, 'tls.crt')),
		certificate('key', memberOf(pair, 'tls.key')),
		certificate('ca', memberOf(ca, 'ca.crt')),
		...installed.map((one): Small => {
			const {name, namespace} = one.release;
			return {
				head: {kind: 'values', name: nameOf(one), ending: 'yaml'},
				text: async () => stringify(await helm.values(name, namespace, signal)),
			};
		}),
		{head: {kind: 'answers', name: 'answers', ending: 'yaml'}, text: async () => stringify(answers)},
		{head: {kind: 'journal', name: 'journal', ending: 'json'}, text: () => journalOf(world)},
		{head: {kind: 'inventory', name: 'inventory', ending: 'json'}, text: () => inventoryOf(world, installed)},
	];
};

const addOne = async (world: World, backup: OpenBackup, {head, text}: Small): Promise<void> => {
	if (backup.has(head.kind, head.name)) return;
	const contents = await text();
	if (contents === undefined) {
		const line = `${head.kind} ${head.name}: there is none, and none in the backup`;
		world.report({kind: 'line', level: 'info', text: line});
		return;
	}
	const part = await backup.add(head, async (into) => {
		into.write(contents);
	});
	world.report({kind: 'line', level: 'info', text: `${part.file}: ${part.bytes} bytes`});
};

const check =
	(options: BackupOptions) =>
	async (world: World): Promise<Finding> => {
		const standing = await standingOf(world, options);
		const done = nothingToDo(standing);
		if (done || standing.kind !== 'to do') return done ?? {status: 'ok'};
		const small = standing.pending?.parts.filter(({kind}) => kind !== 'database') ?? [];
		if (small.some(({kind}) => kind === 'inventory')) return {status: 'ok', note: counted(small.length, 'part')};
		const {folder} = world.backups;
		return {
			status: 'todo',
			changes: [
				{action: 'create', target: `secrets and certificates in ${folder}`},
				{action: 'create', target: `values, answers, journal and inventory in ${folder}`},
			],
		};
	};

const apply =
	(options: BackupOptions) =>
	async (world: World): Promise<void> => {
		const standing = await standingOf(world, options);
		if (standing.kind !== 'to do') return;
		const backup = await world.backups.begin(standing.purpose, world.runId, world.signal);
		const parts = await smallParts(world, await installedOf(world));
		for (const part of parts) await addOne(world, backup, part);
	};

/** Keys before data: a dump without the key that its secrets are encrypted with is worth little. */
export const secretsStep = (options: BackupOptions): Step => ({
	id: 'backup-secrets',
	title: 'Backup: secrets',
	why: 'Without its encryption keys a restored database cannot be read; they are taken first.',
	area: 'cluster',
	inputs: ({backup, controlPlane, workspaces}) => ({backup, controlPlane, workspaces}),
	timeouts: shortTimeouts,
	check: check(options),
	apply: apply(options),
});
