import {toProblem} from '../../base/problem.ts';
import type {Change} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {serverGroups} from '../shared/database-servers.ts';
import type {World} from '../world.ts';
import {drillLabels, drillNamespace, namespaceReference} from './names.ts';
import {adminOf} from './targets.ts';

/** How long a namespace may take to go, and how often it is looked at, ms: pods are given half a minute to end. */
const [goneMs, lookMs] = [180_000, 1000];

/** What drills have left: scratch databases on each server, and the namespace. */
export type Left = {
	readonly databases: readonly {readonly name: string; readonly server: string; readonly drop: () => Promise<void>}[];
	readonly namespace: boolean;
	/** Sentences on servers whose administrator the answers do not give: whether something is left there nobody knows. */
	readonly unseen: readonly string[];
};

const isOurs = (labels: Readonly<Record<string, string>> = {}): boolean =>
	Object.entries(drillLabels).every(([name, value]) => labels[name] === value);

/** Is the scratch namespace there? @throws ProblemError `drill-namespace-not-ours` */
export const namespaceIsThere = async ({cluster, signal}: World): Promise<boolean> => {
	const live = await cluster.get(namespaceReference, signal);
	if (!live) return false;
	if (isOurs(live.metadata.labels)) return true;
	throw stepProblems.error('drill-namespace-not-ours', {namespace: drillNamespace});
};

/** Looks what is left on every server that the answers give an administrator for, and in the cluster. */
export const findLeft = async (world: World): Promise<Left> => {
	const databases: Left['databases'][number][] = [];
	const unseen: string[] = [];
	for (const {server, components} of serverGroups(world)) {
		const {host, from} = server;
		const [component] = components;
		const found = component && (await adminOf(world, component));
		if (!found) {
			unseen.push(`whether a drill left databases on ${host} was not looked at: ${from}.admin is not given`);
			continue;
		}
		const {port, admin} = found;
		for (const name of await port.scratch.left(admin, world.signal))
			databases.push({name, server: host, drop: () => port.scratch.drop(admin, name, world.signal)});
	}
	return {databases, namespace: await namespaceIsThere(world), unseen};
};

export const changesOf = ({databases, namespace}: Left): readonly Change[] => [
	...(namespace ? [{action: 'delete', target: `namespace ${drillNamespace}`} as const] : []),
	...databases.map(
		({name, server}): Change => ({action: 'delete', target: `database ${name}`, detail: `on ${server}`}),
	),
];

/** @throws ProblemError `drill-namespace-stays` */
const waitUntilGone = async (world: World): Promise<void> => {
	const {cluster, clock, report, signal} = world;
	report({kind: 'waiting', reason: `the end of namespace ${drillNamespace}`, timeoutMs: goneMs});
	const until = clock.now() + goneMs;
	while (await cluster.get(namespaceReference, signal)) {
		if (clock.now() >= until)
			throw stepProblems.error('drill-namespace-stays', {namespace: drillNamespace, seconds: goneMs / 1000});
		await clock.sleep(lookMs, signal);
	}
};

/** Servers go before their databases, so that none holds a session open. */
export const removeLeft = async (world: World, {databases, namespace}: Left): Promise<void> => {
	const {cluster, report, signal} = world;
	if (namespace) {
		await cluster.delete(namespaceReference, signal);
		await waitUntilGone(world);
		report({kind: 'line', level: 'info', text: `namespace ${drillNamespace} is gone`, record: true});
	}
	for (const {name, server, drop} of databases) {
		await drop();
		report({kind: 'line', level: 'info', text: `database ${name} on ${server} is dropped`, record: true});
	}
};

/** How long a drill that is stopped may clean up, ms: the engine waits no longer. */
const lastMs = 15_000;

/** After a stop, as far as the time reaches; the next drill removes the rest. */
export const cleanAfterStop = async (world: World): Promise<void> => {
	const stopped = {...world, signal: AbortSignal.timeout(lastMs)};
	try {
		await removeLeft(stopped, await findLeft(stopped));
	} catch (error) {
		const {message} = toProblem(error);
		const text = `not all of the drill is removed (${message}): zenml-airgap drill --clean removes the rest`;
		world.report({kind: 'line', level: 'warn', text});
	}
};
