import {printable} from '../base/printable.ts';
import {ProblemError} from '../base/problem.ts';
import {counted, firstOf} from '../base/text.ts';
import {formatBytes} from '../base/units.ts';
import type {PlanFact} from '../engine/plan.ts';
import {namespacesOf} from './shared/names.ts';
import {type Installed, readInstalled} from './upgrade/installed.ts';
import type {World} from './world.ts';

/** Names on one line: the others are counted. */
const mostNames = 8;

const named = (names: readonly string[]): string =>
	names.length <= mostNames
		? names.join(', ')
		: `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more`;

type Found = Pick<PlanFact, 'lines' | 'values'>;

const clusterFact = async ({cluster, signal}: World): Promise<Found> => {
	const context = cluster.context();
	const version = await cluster.version(signal);
	const {server} = cluster;
	return {
		lines: [printable(`${context === '' ? '' : `${context}, `}${server}, Kubernetes ${version}`)],
		values: {context, server, version},
	};
};

const userFact = async ({cluster, signal}: World): Promise<Found> => {
	const user = await cluster.whoAmI(signal);
	return {lines: [user ?? 'the cluster does not tell'], values: {user: user ?? null}};
};

const namespacesFact = async ({answers}: World): Promise<Found> => {
	const namespaces = namespacesOf(answers);
	return {lines: [named(namespaces)], values: {namespaces}};
};

const versionsOf = ({live, chart}: Installed): {readonly before: string | null; readonly after: string} => ({
	before: live?.chart ?? null,
	after: `${chart.name}-${chart.version}`,
});

/** The version of a component that is there and the one that comes, or that it stays. */
export const versionInWords = (one: Installed): string => {
	const {before, after} = versionsOf(one);
	if (before === null) return `${after}, not installed yet`;
	if (before !== after) return `${before} to ${after}`;
	const {status} = one.live ?? {};
	return status === 'deployed' ? `${after}, installed` : `${after}, begun and not finished (${status})`;
};

/** Components that go the same way are told together: twenty workspaces are one line. */
const versionsFact = async (world: World): Promise<Found> => {
	const all = await readInstalled(world);
	const ways = new Map<string, string[]>();
	for (const one of all) {
		const way = versionInWords(one);
		ways.set(way, [...(ways.get(way) ?? []), one.component.label]);
	}
	return {
		lines: [...ways].map(([way, labels]) =>
			printable(`${firstOf(labels, 3)}${labels.length > 3 ? ` (${counted(labels.length, 'component')})` : ''}: ${way}`),
		),
		values: Object.fromEntries(all.map((one) => [one.component.path, versionsOf(one)])),
	};
};

const roomFact = async ({host}: World): Promise<Found> => {
	const free = await host.freeBytes();
	return {lines: [`${formatBytes(free)} free in ${printable(host.stateDirectory)}`], values: {free}};
};

const facts = [
	['cluster', 'Cluster', clusterFact],
	['user', 'User', userFact],
	['namespaces', 'Namespaces', namespacesFact],
	['versions', 'Versions', versionsFact],
	['room', 'Room', roomFact],
] as const;

/**
 * Tells where a plan goes and what is there: cluster, user, namespaces, versions, room. Each is told as it is found; what cannot be found
 * says so in its place.
 * @throws the signal's reason, and what is no refusal
 */
export const siteFacts = async (world: World, tell: (fact: PlanFact) => void): Promise<void> => {
	await Promise.all(
		facts.map(async ([id, label, find], rank) => {
			try {
				tell({id, rank, label, ...(await find(world))});
			} catch (error) {
				world.signal.throwIfAborted();
				if (!(error instanceof ProblemError)) throw error;
				tell({id, rank, label, lines: [`not known: ${error.problem.message}`]});
			}
		}),
	);
};
