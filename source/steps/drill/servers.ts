import type {ReadBackup} from '../../backup/types.ts';
import {stepProblems} from '../problems.ts';
import {rollOut} from '../shared/release/apply.ts';
import type {World} from '../world.ts';
import {below, rootOf, type ScratchPasswords, valuesOf} from './databases.ts';
import {networkPolicy} from './isolation.ts';
import {namespaceIsThere} from './left.ts';
import {drillLabels, drillNamespace, namespaceReference, scratchRelease} from './names.ts';
import type {DrillRecord} from './record.ts';
import {copiesFor, type KeptSecret, loginSecret, pullSecretOf, secretsOf} from './secrets.ts';
import type {Target} from './targets.ts';
import {scratchValues} from './values.ts';
import {note, trying} from './work.ts';

/** The chart of the bundle that a component was installed from. @throws ProblemError `drill-other-chart` */
export const chartFor = async ({bundle, signal}: World, {component, installed}: Target) => {
	const {controlPlaneChart, workspaceChart} = await bundle.open(signal);
	const chart = component.path === 'controlPlane' ? controlPlaneChart : workspaceChart;
	const carried = `${chart.name}-${chart.version}`;
	if (carried === installed.chart) return chart;
	throw stepProblems.error('drill-other-chart', {component: component.label, wanted: installed.chart, carried});
};

/** The namespace with its policy before anything runs in it. */
const makeNamespace = async (world: World, kept: readonly KeptSecret[]): Promise<void> => {
	const {cluster, signal} = world;
	if (!(await namespaceIsThere(world)))
		await cluster.create({...namespaceReference, metadata: {name: drillNamespace, labels: drillLabels}}, signal);
	await cluster.apply(networkPolicy(world), {signal});
	const pull = pullSecretOf(world, kept);
	if (pull) await cluster.apply(pull, {signal});
};

/** The password of the administrator as the values have it, by version of the chart. */
const adminPasswordIn = (values: Readonly<Record<string, unknown>>): string | undefined => {
	const password = below(values, 'zenml', 'auth', 'password');
	const found = typeof password === 'string' ? password : below(password, 'adminPassword');
	return typeof found === 'string' && found !== '' ? found : undefined;
};

const startOne = async (
	world: World,
	target: Target,
	{
		record,
		opened,
		kept,
		password,
	}: {
		readonly record: DrillRecord;
		readonly opened: ReadBackup;
		readonly kept: readonly KeptSecret[];
		readonly password: string;
	},
): Promise<void> => {
	const {cluster, signal, registerSecret} = world;
	const chart = await chartFor(world, target);
	const values = await valuesOf(world, opened, target);
	const {names, objects} = copiesFor(kept, target, password);
	for (const object of objects) await cluster.apply(object, {signal});
	const admin = target.name === 'controlPlane' ? adminPasswordIn(values) : undefined;
	if (admin !== undefined) {
		registerSecret(admin);
		await cluster.apply(loginSecret(admin), {signal});
		record.hasLogin = true;
	}
	const jwt = below(values, rootOf(values), 'auth', 'jwtSecretKey');
	if (typeof jwt === 'string') registerSecret(jwt);
	const wanted = {
		component: target.component.path,
		name: scratchRelease(target.id),
		namespace: drillNamespace,
		chart,
		values: scratchValues(values, target, {password, copies: names}),
	};
	await rollOut(world, wanted, {earlier: new Set()});
};

/** Starts the servers of every database that was restored. */
export const drillServers = async (
	world: World,
	record: DrillRecord,
	{
		targets,
		opened,
		passwords,
	}: {readonly targets: readonly Target[]; readonly opened: ReadBackup; readonly passwords: ScratchPasswords},
): Promise<void> => {
	let kept: readonly KeptSecret[] = [];
	const isMade = await trying(world, record, 'scratch namespace and its NetworkPolicy made', async () => {
		kept = await secretsOf(world, opened);
		await makeNamespace(world, kept);
	});
	if (!isMade) return;
	for (const target of targets) {
		if (!record.restored.has(target.name)) continue;
		const {label} = target.component;
		const password = passwords.get(target.id) ?? '';
		const what = `${label}: servers started`;
		const isUp = await trying(world, record, what, async () =>
			startOne(world, target, {record, opened, kept, password}),
		);
		if (!isUp) continue;
		record.running.add(target.name);
		note(world, record, {
			what,
			outcome: 'passed',
			note: `${target.installed.chart}, with values and Secrets of the backup`,
		});
	}
};
