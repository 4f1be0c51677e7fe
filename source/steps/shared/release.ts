import type {ComponentPath} from '../../base/component.ts';
import {type Problem, ProblemError, toProblem} from '../../base/problem.ts';
import type {Chart} from '../../bundle/types.ts';
import {auditProblem, auditValues, type ChartContents, inspectRendered} from '../../charts/index.ts';
import type {PodView, Rollout} from '../../cluster/types.ts';
import type {Change} from '../../engine/plan.ts';
import type {World} from '../world.ts';
import {differingPaths} from './differing-paths.ts';

/** A Helm release as the answers want it. `values` hold secrets: they go to helm's standard input and nowhere else. */
export type WantedRelease = {
	readonly component: 'control-plane' | 'workspace';
	/** Where its answers stand, so that what is wrong with it names them. */
	readonly path: ComponentPath;
	readonly name: string;
	readonly namespace: string;
	readonly chart: Chart;
	readonly contents: ChartContents;
	readonly values: unknown;
	readonly warnings: readonly string[];
};

/** Longest time a pod may be stuck before the rollout is given up with its cause, ms: image back-off and crash back-off need a few rounds. */
const stuckMs = 20_000;

/** The same for a pod that an earlier try left behind, ms: the new rollout replaces it only after its hooks. */
const leftOverMs = 120_000;

/** How long a look waits for pods that are starting, ms. */
const settleMs = 15_000;

/** A pod that crashed this often is given up at once. */
const hopelessRestarts = 4;

const selectorOf = ({name}: WantedRelease): string => `app.kubernetes.io/instance=${name}`;

const rolloutOf = (wanted: WantedRelease): Rollout => ({
	namespace: wanted.namespace,
	labelSelector: selectorOf(wanted),
	component: wanted.path,
});

const labelOf = ({name, namespace}: WantedRelease): string => `release ${namespace}/${name}`;

/** Everything about the values that must be right before anything changes: keys the chart knows, and what it renders. */
export const auditRelease = async (
	world: World,
	wanted: WantedRelease,
): Promise<{readonly problems: readonly Problem[]; readonly warnings: readonly string[]}> => {
	const unknown = auditProblem(auditValues(wanted.values, wanted.contents), wanted.contents.metadata);
	if (unknown) return {problems: [unknown], warnings: wanted.warnings};
	const {name, namespace, chart, values} = wanted;
	const rendered = await world.helm.template({
		release: name,
		namespace,
		chart: chart.path,
		values,
		kubeVersion: await world.cluster.version(world.signal),
		signal: world.signal,
	});
	const {problems, warnings} = inspectRendered(rendered, {
		registryHost: world.answers.registry.host,
		component: wanted.component,
	});
	return {problems, warnings: [...wanted.warnings, ...warnings]};
};

/** What differs between the release in the cluster and the wanted one. Paths of values are told, never the values. */
export const releaseChanges = async (world: World, wanted: WantedRelease): Promise<readonly Change[]> => {
	const {helm, signal} = world;
	const live = await helm.release(wanted.name, wanted.namespace, signal);
	const target = labelOf(wanted);
	const chart = `${wanted.chart.name}-${wanted.chart.version}`;
	if (!live) return [{action: 'create', target, detail: chart}];
	if (live.status !== 'deployed')
		return [{action: 'run', target, detail: `revision ${live.revision} is ${live.status}`}];
	if (live.chart !== chart) return [{action: 'update', target, detail: `${live.chart} to ${chart}`}];
	const paths = differingPaths(await helm.values(wanted.name, wanted.namespace, signal), wanted.values);
	if (paths.length > 0)
		return [
			{action: 'update', target, detail: `values: ${paths.slice(0, 8).join(', ')}${paths.length > 8 ? ', …' : ''}`},
		];
	const pods = await settledPods(world, wanted);
	if (pods.length === 0) return [{action: 'run', target, detail: 'it has no pods'}];
	const unready = pods.filter(({ready}) => !ready);
	for (const pod of pods) reportPod(world, pod);
	return unready.map(
		({name, reason}): Change => ({
			action: 'run',
			target,
			detail: `pod ${name} is not ready${reason ? `: ${reason}` : ''}`,
		}),
	);
};

/** Pods that serve: not those of Jobs that have ended. */
const serverPods = async ({cluster, signal}: World, wanted: WantedRelease): Promise<readonly PodView[]> =>
	(await cluster.pods(wanted.namespace, selectorOf(wanted), signal)).filter(({phase}) => phase !== 'Succeeded');

/** The same after a moment's patience: a pod that is just starting again is no reason for a new revision. */
const settledPods = async (world: World, wanted: WantedRelease): Promise<readonly PodView[]> => {
	const {clock, report, signal} = world;
	const until = clock.now() + settleMs;
	for (;;) {
		const pods = await serverPods(world, wanted);
		if (clock.now() >= until || !pods.some(({ready, stuck}) => !ready && !stuck)) return pods;
		report({kind: 'waiting', reason: `pods of ${labelOf(wanted)} to be ready`, timeoutMs: settleMs});
		await clock.sleep(500, signal);
	}
};

const reportPod = ({report}: World, {name, namespace, ready, phase, stuck, reason, restarts}: PodView): void =>
	report({
		kind: 'item',
		label: `pod ${namespace}/${name}`,
		// Nothing is expected of a pod that goes away.
		state:
			ready || phase === 'Succeeded' || phase === 'Terminating'
				? 'ok'
				: stuck || phase === 'Failed'
					? 'bad'
					: 'pending',
		note: [
			phase === 'Succeeded' ? 'completed' : ready ? 'ready' : phase,
			...(restarts > 0 ? [`${restarts} restarts`] : []),
			...(reason === undefined ? [] : [reason]),
		].join(', '),
	});

/** Watches the pods of a release; resolves with the cause once one has been stuck for too long, with undefined when the signal ends it. */
const watchRollout = async (
	world: World,
	wanted: WantedRelease,
	earlier: ReadonlySet<string>,
	signal: AbortSignal,
): Promise<Problem | undefined> => {
	const {cluster, clock} = world;
	const since = new Map<string, number>();
	const told = new Map<string, string>();
	const before = new Map<string, number>();
	const found = Promise.withResolvers<Problem>();
	let last: readonly PodView[] = [];
	let asking = false;
	const look = (): void => {
		for (const pod of last) {
			const text = JSON.stringify(pod);
			if (told.get(pod.name) !== text) reportPod(world, pod);
			told.set(pod.name, text);
			// A pod of an earlier try brings its crashes along; only new ones tell something of this rollout.
			if (!before.has(pod.name)) before.set(pod.name, pod.restarts);
			// A crashing pod runs between its crashes: what was stuck stays so until it is ready.
			if (pod.ready) since.delete(pod.name);
			else if (pod.stuck && !since.has(pod.name)) since.set(pod.name, clock.now());
		}
		const overdue = last.some(({name, restarts}) => {
			const at = since.get(name);
			const patience = earlier.has(name) ? leftOverMs : stuckMs;
			return (
				at !== undefined && (restarts - (before.get(name) ?? 0) >= hopelessRestarts || clock.now() - at >= patience)
			);
		});
		if (!overdue || asking) return;
		asking = true;
		cluster
			.diagnose(rolloutOf(wanted), signal)
			.then((cause) => (cause ? found.resolve(cause) : undefined))
			// The rollout itself still decides; the next look asks again.
			.catch((error: unknown) => world.report({kind: 'line', level: 'debug', text: toProblem(error).message}))
			.finally(() => {
				asking = false;
			});
	};
	const timer = setInterval(look, 1000);
	try {
		const watching = cluster.watchPods(
			wanted.namespace,
			selectorOf(wanted),
			(pods) => {
				last = pods;
				look();
			},
			signal,
		);
		return await Promise.race([
			found.promise,
			watching.then(
				() => undefined,
				(error: unknown) => {
					if (signal.aborted) return undefined;
					throw error;
				},
			),
		]);
	} finally {
		clearInterval(timer);
	}
};

/** Installs or upgrades the release and waits for its rollout; a rollout that cannot succeed ends early, with the cause. */
export const applyRelease = async (world: World, wanted: WantedRelease): Promise<void> => {
	const {helm, cluster, answers, report, signal} = world;
	const {problems} = await auditRelease(world, wanted);
	if (problems[0]) throw new ProblemError(problems[0]);
	const timeoutMs = answers.helm.timeoutMinutes * 60_000;
	report({kind: 'waiting', reason: `the rollout of ${labelOf(wanted)}`, timeoutMs});
	const earlier = new Set((await serverPods(world, wanted)).map(({name: pod}) => pod));
	const end = new AbortController();
	const inner = AbortSignal.any([signal, end.signal]);
	const upgrade = helm.upgrade({
		release: wanted.name,
		namespace: wanted.namespace,
		component: wanted.path,
		chart: wanted.chart.path,
		values: wanted.values,
		timeoutMs,
		description: `zenml-airgap ${wanted.chart.version}`,
		onLine: (text) => report({kind: 'line', level: 'info', text: `helm: ${text}`}),
		signal: inner,
	});
	const stuck = watchRollout(world, wanted, earlier, inner);
	try {
		const first = await Promise.race([
			upgrade,
			stuck.then((cause) => (cause ? Promise.reject(new ProblemError(cause)) : upgrade)),
		]);
		report({kind: 'line', level: 'info', text: `${labelOf(wanted)}: revision ${first.revision} ${first.status}`});
	} catch (error) {
		signal.throwIfAborted();
		end.abort();
		// Helm closes its release as failed before it ends; the next try must find it so.
		await upgrade.catch(() => undefined);
		const own = toProblem(error);
		if (!own.code.startsWith('helm-')) throw error;
		const cause = await cluster.diagnose(rolloutOf(wanted), signal);
		throw cause ? new ProblemError({...cause, evidence: [...(cause.evidence ?? []), ...(own.evidence ?? [])]}) : error;
	} finally {
		end.abort();
	}
};
