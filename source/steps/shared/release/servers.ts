import {firstOf} from '../../../base/text.ts';
import type {Reference} from '../../../cluster/kinds.ts';
import type {KubeObject, PatchStep, PodView} from '../../../cluster/types.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';
import {labelOf, selectorOf, type WantedRelease} from './wanted.ts';

/** A release by where it is found. */
export type ReleaseName = Pick<WantedRelease, 'name' | 'namespace'>;

/** How many servers a Deployment had before they were stopped; on the Deployment itself, where a kill does not lose it. */
const annotation = 'zenml-airgap.io/replicas';
const annotationPath = `/metadata/annotations/${annotation.replace('/', '~1')}`;

/** How often it is looked, ms, and how often one Deployment is stopped anew before somebody else is to blame. */
const lookMs = 1000;
const mostStops = 3;

/** A Deployment (apps/v1), as far as it is read here. */
const specOf = ({spec}: KubeObject) => (spec ?? {}) as {readonly replicas?: number};

const replicasOf = (deployment: KubeObject): number => specOf(deployment).replicas ?? 1;

const rememberedOf = ({metadata}: KubeObject): number | undefined => {
	const text = metadata.annotations?.[annotation];
	return text !== undefined && /^\d{1,6}$/u.test(text) ? Number(text) : undefined;
};

const deploymentsOf = async (
	{cluster, signal}: World,
	{name, namespace}: ReleaseName,
): Promise<readonly KubeObject[]> =>
	cluster.list({apiVersion: 'apps/v1', kind: 'Deployment', namespace, labelSelector: selectorOf(name)}, signal);

const referenceOf = ({metadata: {name, namespace}}: KubeObject): Reference => ({
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	namespace,
	name,
});

/** What makes a patch one of the very object that was read. */
const asRead = ({metadata: {resourceVersion}}: KubeObject): PatchStep => ({
	op: 'test',
	path: '/metadata/resourceVersion',
	value: resourceVersion,
});

/** Controllers write the status of a Deployment at any moment; so often it is read anew. */
const mostReads = 5;

/**
 * Gives the number of replicas back to whoever sets it: the chart or an autoscaler. Kubernetes keeps who wrote a field last, and Helm 4
 * would meet a conflict with this tool at the next upgrade (Kubernetes docs, "Server-Side Apply", "Transferring ownership").
 */
const disown = async ({cluster, signal}: World, reference: Reference): Promise<void> => {
	for (let reads = 0; reads < mostReads; reads += 1) {
		const live = await cluster.get(reference, signal);
		const owners = live?.metadata.managedFields ?? [];
		const others = owners.filter(({manager, operation}) => manager !== 'zenml-airgap' || operation !== 'Update');
		// Without any entry Kubernetes would begin its books anew.
		if (!live || others.length === owners.length || others.length === 0) return;
		const steps = [asRead(live), {op: 'add', path: '/metadata/managedFields', value: others} as const];
		if (await cluster.patch(reference, steps, signal)) return;
	}
};

/** False where it has changed since it was read, and is to be read anew. */
const change = async (world: World, live: KubeObject, steps: readonly PatchStep[]): Promise<boolean> => {
	const {cluster, signal} = world;
	const changed = await cluster.patch(referenceOf(live), [asRead(live), ...steps], signal);
	if (changed) await disown(world, referenceOf(live));
	return changed !== undefined;
};

/** The number as it was is kept from the first stop on: what is found at a second one may be what came back by itself. */
const stopSteps = (live: KubeObject): readonly PatchStep[] => [
	...(live.metadata.annotations ? [] : [{op: 'add', path: '/metadata/annotations', value: {}} as const]),
	...(rememberedOf(live) === undefined
		? [{op: 'add', path: annotationPath, value: String(replicasOf(live))} as const]
		: []),
	{op: 'add', path: '/spec/replicas', value: 0},
];

/** Pods that may still write to the database: all that have not come to their end. */
export const podsAtWork = async (
	{cluster, signal}: World,
	{name, namespace}: ReleaseName,
): Promise<readonly PodView[]> =>
	(await cluster.pods(namespace, selectorOf(name), signal)).filter(
		({phase}) => phase !== 'Succeeded' && phase !== 'Failed',
	);

/** True where servers are stopped by `stopServers` and nothing of the release is at work. */
export const serversStopped = async (world: World, release: ReleaseName): Promise<boolean> => {
	const [deployments, pods] = await Promise.all([deploymentsOf(world, release), podsAtWork(world, release)]);
	return pods.length === 0 && deployments.every((one) => replicasOf(one) === 0);
};

/** True where `stopServers` has stopped some that `startServers` has not started again. */
export const serversHeld = async (world: World, release: ReleaseName): Promise<boolean> =>
	(await deploymentsOf(world, release)).some((one) => rememberedOf(one) !== undefined);

const tellPods = ({report}: World, pods: readonly PodView[]): void => {
	for (const {namespace, name, phase, job} of pods)
		report({
			kind: 'item',
			label: `pod ${namespace}/${name}`,
			state: 'pending',
			note: job === undefined ? `is to end: ${phase}` : `of Job ${job}, is waited for: ${phase}`,
		});
};

/**
 * Ends the Jobs whose pods never started, such as a migration whose image cannot be pulled: nothing is at work in them, and once the image
 * is there they would begin to migrate what was restored.
 */
const endUnstarted = async ({cluster, report, signal}: World, pods: readonly PodView[]): Promise<void> => {
	for (const {namespace, job: name} of pods.filter(({phase}) => phase === 'Pending')) {
		if (name === undefined) continue;
		await cluster.delete({apiVersion: 'batch/v1', kind: 'Job', namespace, name}, signal);
		report({kind: 'line', level: 'info', text: `job ${namespace}/${name}: its pod never started; removed`});
	}
};

const stillThere = (release: ReleaseName, pods: readonly PodView[], minutes: number) => {
	const {namespace} = release;
	const [job] = pods.flatMap((pod) => pod.job ?? []);
	const facts = {
		label: labelOf(release),
		pods: firstOf(
			pods.map(({name}) => name),
			3,
		),
		minutes,
		namespace,
	};
	return job === undefined
		? stepProblems.error('servers-not-stopped', {case: 'pods', ...facts})
		: stepProblems.error('servers-not-stopped', {case: 'job', ...facts, job});
};

/**
 * Stops all servers of a release and waits until no pod of it is at work; a Job that migrates its database is waited for, not ended,
 * unless it never started. An
 * autoscaler (HorizontalPodAutoscaler) leaves a Deployment of no replicas alone by itself. Done again it goes on.
 * @throws ProblemError `servers-not-stopped` where pods do not end in time, or somebody else starts them again
 */
export const stopServers = async (world: World, release: ReleaseName): Promise<void> => {
	const {answers, clock, report, signal} = world;
	const {timeoutMinutes: minutes} = answers.helm;
	const until = clock.now() + minutes * 60_000;
	const stops = new Map<string, number>();
	for (;;) {
		const running = (await deploymentsOf(world, release)).filter((one) => replicasOf(one) > 0);
		for (const live of running) {
			const {name} = live.metadata;
			const before = stops.get(name) ?? 0;
			if (before >= mostStops)
				throw stepProblems.error('servers-not-stopped', {
					case: 'started again',
					label: labelOf(release),
					name,
					namespace: release.namespace,
				});
			if (!(await change(world, live, stopSteps(live)))) continue;
			stops.set(name, before + 1);
			report({kind: 'line', level: 'info', text: `deployment ${release.namespace}/${name}: stopped`});
		}
		const pods = await podsAtWork(world, release);
		if (running.length === 0 && pods.length === 0) return;
		tellPods(world, pods);
		await endUnstarted(world, pods);
		if (clock.now() >= until) throw stillThere(release, pods, minutes);
		report({kind: 'waiting', reason: `the pods of ${labelOf(release)} to end`, timeoutMs: minutes * 60_000});
		await clock.sleep(lookMs, signal);
	}
};

/**
 * Starts what `stopServers` has stopped, as many as there were; what somebody else (a rollback) has started meanwhile keeps its number.
 * Does not wait for them.
 */
export const startServers = async (world: World, release: ReleaseName): Promise<void> => {
	for (const live of await deploymentsOf(world, release)) {
		const remembered = rememberedOf(live);
		if (remembered === undefined) continue;
		const start = replicasOf(live) === 0 && remembered > 0;
		const steps: readonly PatchStep[] = [
			...(start ? [{op: 'add', path: '/spec/replicas', value: remembered} as const] : []),
			{op: 'remove', path: annotationPath},
		];
		if (!(await change(world, live, steps))) return startServers(world, release);
		const {name, namespace} = live.metadata;
		if (start) world.report({kind: 'line', level: 'info', text: `deployment ${namespace}/${name}: started`});
	}
};
