import semver from 'semver';
import type {BackupComponent, BackupManifest} from '../../backup/types.ts';
import type {ProblemError} from '../../base/problem.ts';
import {shellWord} from '../../base/shell.ts';
import type {DatabaseFacts} from '../../database/types.ts';
import {nameOf} from '../backup/installed.ts';
import {stepProblems} from '../problems.ts';
import {serverOf} from '../shared/database-logins.ts';
import {componentsOf} from '../shared/names.ts';
import {labelOfComponent} from '../shared/release/back-mark.ts';
import type {World} from '../world.ts';
import {type RestoreOptions, restoreCommand, restoreWith} from './options.ts';
import {namesIn, type Restoring} from './source.ts';

/** The version at the end of Helm's name of a chart: `0.73.0` of `zenml-0.73.0`. */
const versionIn = (chart: string): string | undefined =>
	semver.valid(/-v?(\d+\.\d+\.\d+.*)$/u.exec(chart)?.[1] ?? null) ?? undefined;

/** How old servers are against the data of a backup. */
export const ageOf = (data: string, servers: string): 'same' | 'older' | 'newer' | 'unknown' => {
	if (data === servers) return 'same';
	const [then, now] = [versionIn(data), versionIn(servers)];
	if (then === undefined || now === undefined) return 'unknown';
	const order = semver.compare(now, then);
	if (order === 0) return 'same';
	return order < 0 ? 'older' : 'newer';
};

/** Components that only one of both has. @throws ProblemError `restore-names-differ` */
const refuseOthers = ({answers}: World, manifest: BackupManifest, options: RestoreOptions): void => {
	const {only, flags} = options;
	if (only.kind !== 'whole' || flags.partial) return;
	const wanted = componentsOf(answers).map(nameOf);
	const there = namesIn(manifest);
	const backup = manifest.id;
	const strangers = there.filter((name) => !wanted.includes(name));
	const what = 'they have other components';
	const partial = {nextSteps: [restoreWith(options, backup, {flags: {partial: true}})]};
	if (strangers.length > 0)
		throw stepProblems.error(
			'restore-names-differ',
			{case: 'not in the answers', backup, what, names: strangers.map(labelOfComponent).join(', ')},
			partial,
		);
	const lacking = wanted.filter((name) => !there.includes(name));
	if (lacking.length > 0)
		throw stepProblems.error(
			'restore-names-differ',
			{case: 'not in the backup', backup, what, names: lacking.map(labelOfComponent).join(', ')},
			partial,
		);
};

/** Release, namespace and engine are those of the backup. @throws ProblemError `restore-names-differ` */
const refuseOtherPlace = (
	world: World,
	options: RestoreOptions,
	manifest: BackupManifest,
	{component, name, release, part}: Restoring,
): void => {
	const {path, label} = component;
	const then = manifest.components.find((one) => one.name === name);
	const facts = {backup: manifest.id, component: label} as const;
	for (const [there, here, key, kind] of [
		[then?.namespace, release.namespace, 'namespace', 'namespace'],
		[then?.release, release.name, 'release', 'release'],
		[part.database.name, component.answers.database.name, 'database.name', 'database'],
	] as const) {
		if (there === undefined || there === here) continue;
		throw stepProblems.error(
			'restore-names-differ',
			{
				case: 'place',
				...facts,
				what: `another ${kind}`,
				there: `in the ${kind} ${there}`,
				here,
				setting: `${path}.${key}=${there}`,
			},
			{
				answers: [`${path}.${key}`],
				nextSteps: [`${restoreCommand(options, manifest.id)} --set ${shellWord(`${path}.${key}=${there}`)}`],
			},
		);
	}
	const {engine, from} = serverOf(world, component);
	if (engine !== part.database.engine)
		throw stepProblems.error(
			'restore-names-differ',
			{case: 'engine', ...facts, what: 'another engine', there: part.database.engine, here: engine},
			{answers: [`${from}.engine`]},
		);
};

/** The charts that will run on the data, by component: those of the bundle, or what is installed where data alone is restored. */
const serversOf = async (world: World, options: RestoreOptions, backup: string, one: Restoring): Promise<string> => {
	const {component, release} = one;
	if (options.only.kind !== 'database') {
		const {controlPlaneChart, workspaceChart} = await world.bundle.open(world.signal);
		const {name, version} = component.path === 'controlPlane' ? controlPlaneChart : workspaceChart;
		return `${name}-${version}`;
	}
	const live = await world.helm.release(release.name, release.namespace, world.signal);
	if (live && live.status !== 'uninstalled') return live.chart;
	const isWorkspace = component.path !== 'controlPlane';
	const facts = {component: component.label, release: release.name, namespace: release.namespace, name: one.name};
	throw stepProblems.error(
		'restore-not-installed',
		{case: isWorkspace ? 'workspace' : 'control plane', ...facts},
		{
			nextSteps: [
				...(isWorkspace ? [restoreWith(options, backup, {only: {kind: 'workspace', name: one.name}})] : []),
				restoreWith(options, backup, {only: {kind: 'whole'}}),
			],
		},
	);
};

/** Whether the servers that are installed are of the version of the data; false also where it cannot be told. */
const isInstalled = async ({helm, signal}: World, {release: {name, namespace}}: Restoring, chart: string) => {
	try {
		const live = await helm.release(name, namespace, signal);
		return live !== undefined && live.status !== 'uninstalled' && ageOf(chart, live.chart) === 'same';
	} catch {
		signal.throwIfAborted();
		return false;
	}
};

type Misfit = {
	readonly backup: string;
	readonly one: Restoring;
	/** The chart of the data, and the one that would run on it. */
	readonly there: string;
	readonly here: string;
	readonly age: 'older' | 'newer' | 'unknown';
};

/** The refusal, with the commands that would fit: data alone where servers of its version run, and the migration where one is possible. */
const versionRefusal = async (
	world: World,
	options: RestoreOptions,
	{backup, one, there, here, age}: Misfit,
): Promise<ProblemError> => {
	const isAlone = options.only.kind === 'database';
	const isBeside = !isAlone && (await isInstalled(world, one, there));
	const facts = {backup, there, here, from: isAlone ? 'here runs' : 'the bundle has', name: one.name};
	const nextSteps = [
		...(isBeside ? [restoreWith(options, backup, {only: {kind: 'database', name: one.name}})] : []),
		...(age === 'older' ? [] : [restoreWith(options, backup, {flags: {newer: true}})]),
	];
	if (age === 'unknown') return stepProblems.error('restore-version', {case: age, ...facts}, {nextSteps});
	if (isAlone) return stepProblems.error('restore-version', {case: `${age} release`, ...facts}, {nextSteps});
	const name = isBeside ? (`${age} bundle` as const) : age;
	return stepProblems.error('restore-version', {case: name, ...facts}, {nextSteps});
};

/** @returns what is said where newer servers are agreed to. @throws ProblemError `restore-version`, `restore-not-installed` */
const fitVersion = async (
	world: World,
	options: RestoreOptions,
	{manifest, then, one}: {readonly manifest: BackupManifest; readonly then: BackupComponent; readonly one: Restoring},
): Promise<readonly string[]> => {
	const servers = await serversOf(world, options, manifest.id, one);
	const age = ageOf(then.chart, servers);
	if (age === 'same') return [];
	if (age !== 'older' && options.flags.newer)
		return [`${servers} will migrate the data of ${then.chart} as soon as it starts: ${one.component.label}`];
	throw await versionRefusal(world, options, {backup: manifest.id, one, there: then.chart, here: servers, age});
};

/**
 * Refuses a backup that does not fit these answers and servers, before anything is changed.
 * @returns warnings
 * @throws ProblemError `restore-names-differ`, `restore-version`, `restore-not-installed`
 */
export const refuseMisfits = async (
	world: World,
	options: RestoreOptions,
	manifest: BackupManifest,
	restoring: readonly Restoring[],
): Promise<readonly string[]> => {
	refuseOthers(world, manifest, options);
	for (const one of restoring) refuseOtherPlace(world, options, manifest, one);
	const warnings: string[] = [];
	for (const one of restoring) {
		const then = manifest.components.find(({name}) => name === one.name);
		if (then) warnings.push(...(await fitVersion(world, options, {manifest, then, one})));
	}
	return warnings;
};

/** `15` of `15.18`; MySQL and MariaDB count their first two numbers. */
const majorOf = (product: string, version: string): string | undefined => {
	const [first, second = '0'] = version.split('.');
	return semver.valid(`${first}.${product === 'PostgreSQL' ? '0' : second}.0`) ?? undefined;
};

/** Refuses a server that cannot take a dump. @throws ProblemError `restore-database-unfit` */
export const refuseUnfitServer = (
	backup: string,
	{component, part: {database}}: Restoring,
	{product, version}: Pick<DatabaseFacts, 'product' | 'version'>,
): void => {
	const facts = {
		component: component.label,
		backup,
		here: `${product} ${version}`,
		there: `${database.product} ${database.version}`,
	};
	if (product !== database.product) throw stepProblems.error('restore-database-unfit', {case: 'product', ...facts});
	const [here, there] = [majorOf(product, version), majorOf(product, database.version)];
	if (here !== undefined && there !== undefined && semver.lt(here, there))
		throw stepProblems.error('restore-database-unfit', {case: 'older', ...facts});
};
