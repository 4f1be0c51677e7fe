import type {Problem} from '../../base/problem.ts';
import {toProblem} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import type {RenderedObject} from '../../charts/index.ts';
import {probeJob} from '../../cluster/probe/job.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {type Check, refuse} from '../shared/checks.ts';
import {renderRelease} from '../shared/release/audit.ts';
import type {WantedRelease} from '../shared/release/wanted.ts';
import {wayInObjects} from '../shared/way-in/objects.ts';
import type {World} from '../world.ts';
import {tryObjects} from './admission/dry-run.ts';
import {brokenRange, fillIn} from './admission/limit-range.ts';
import {ownPod, type Planned, plannedPods} from './admission/pods.ts';
import {brokenQuota} from './admission/quota.ts';
import {type Plan, refusedByAmounts, refusedByLevel, silentIn} from './admission/refused.ts';
import {sampleReleases} from './chart-values.ts';

/** What the release brings, with the HTTPRoute or Routes that are made beside it. */
const objectsOf = async (world: World, release: WantedRelease): Promise<readonly RenderedObject[]> => [
	...(await renderRelease(world, release)).objects,
	...(await wayInObjects(world, release)),
];

/** The probes are pods too; they look out of the control plane's namespace. */
const probePods = ({answers, signal}: World, namespace: string): readonly Planned[] => {
	const {namespace: own, podSecurityContext} = answers.controlPlane;
	if (!answers.network.podChecks || namespace !== own) return [];
	const probe = {namespace, name: 'probe', image: '', podSecurityContext, script: '', env: {}, timeoutMs: 1000, signal};
	return [{...ownPod('the probes of this tool', probeJob(probe, 'probe').spec?.template?.spec), count: 0}];
};

const plansOf = async (world: World): Promise<readonly Plan[]> => {
	const releases = await sampleReleases(world);
	const rendered = await Promise.all(releases.map(async (release) => objectsOf(world, release)));
	const objectsIn = (namespace: string) =>
		releases.flatMap((release, index) => (release.namespace === namespace ? (rendered[index] ?? []) : []));
	return [...new Set(releases.map(({namespace}) => namespace))].map((namespace) => ({
		namespace,
		pods: [...objectsIn(namespace).flatMap(plannedPods), ...probePods(world, namespace)],
		objects: objectsIn(namespace),
		answers: releases.flatMap(({component, ...one}) => (one.namespace === namespace ? [component] : [])),
	}));
};

/** Rules of a kind in a namespace; a login that may not read them is told in `unread`. */
const rulesOf = async (
	{cluster, signal}: World,
	{namespace, kind}: {readonly namespace: string; readonly kind: 'LimitRange' | 'ResourceQuota'},
	unread: string[],
): Promise<readonly KubeObject[]> => {
	try {
		return await cluster.list({apiVersion: 'v1', kind, namespace}, signal);
	} catch (error) {
		signal.throwIfAborted();
		if (toProblem(error).code !== 'kubernetes-forbidden') throw error;
		unread.push(`${kind} in ${namespace}`);
		return [];
	}
};

/**
 * What a namespace would not let in; nothing of one that is not there.
 * @param unread takes kinds of rules that this login may not read
 */
export const namespaceProblems = async (world: World, plan: Plan, unread: string[]): Promise<readonly Problem[]> => {
	const {namespace, pods} = plan;
	const live = await world.cluster.get({apiVersion: 'v1', kind: 'Namespace', name: namespace}, world.signal);
	// A namespace that this tool makes has no rules of its own.
	if (!live) return [];
	const ranges = await rulesOf(world, {namespace, kind: 'LimitRange'}, unread);
	const quotas = await rulesOf(world, {namespace, kind: 'ResourceQuota'}, unread);
	const filled = pods.map((pod) => fillIn(ranges, pod));
	const silent = silentIn(filled);
	const known = [
		...refusedByLevel(plan, live),
		...refusedByAmounts('namespace-limits', plan, {
			broken: ranges.flatMap((range) => brokenRange(range, pods)),
			silent,
		}),
		...refusedByAmounts('namespace-quota', plan, {
			broken: quotas.flatMap((quota) => brokenQuota(quota, filled)),
			silent,
		}),
	];
	if (known.length > 0) return known;
	const {problems, untried} = await tryObjects(world, plan.objects, namespace);
	const text = `${counted(untried, 'object')} of namespace ${namespace} could not be tried before it is made`;
	if (untried > 0) world.report({kind: 'line', level: 'debug', text});
	return problems;
};

/**
 * Namespaces that are there let in the pods that are to be made: a Deployment is always taken, and only its pods are refused, long after
 * the plan looked right. Compared is what the charts render with what the namespace demands.
 */
export const namespaceRules: Check = {
	label: 'Rules of the namespaces',
	asks: 'cluster',
	run: async (world) => {
		const plans = await plansOf(world);
		const unread: string[] = [];
		const problems = await Promise.all(plans.map(async (plan) => namespaceProblems(world, plan, unread)));
		refuse(problems.flat());
		const count = plans.reduce((all, {pods}) => all + pods.length, 0);
		const note = `${counted(count, 'kind')} of pods in ${counted(plans.length, 'namespace')}`;
		const warnings = [
			`This login may not read ${unread.join(', ')}: whether pods are let in is seen when they are made.`,
		];
		return unread.length === 0 ? {note} : {note, warnings};
	},
};
