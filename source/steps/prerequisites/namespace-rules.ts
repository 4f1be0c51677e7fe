import type {Problem} from '../../base/problem.ts';
import {toProblem} from '../../base/problem.ts';
import {counted, firstOf} from '../../base/text.ts';
import {probeJob} from '../../cluster/probe/job.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import {type Check, refuse} from '../shared/checks.ts';
import {renderRelease} from '../shared/release/audit.ts';
import type {WantedRelease} from '../shared/release/wanted.ts';
import type {World} from '../world.ts';
import {brokenRange, fillIn} from './admission/limit-range.ts';
import {enforcedLevel, type Level, lackedFor} from './admission/pod-security.ts';
import {ownPod, type Planned, plannedPods} from './admission/pods.ts';
import {brokenQuota} from './admission/quota.ts';
import {sampleReleases} from './chart-values.ts';

/** The pods that are to be made in one namespace, and the answers that change them. */
type Plan = {readonly namespace: string; readonly pods: readonly Planned[]; readonly answers: readonly string[]};

const podsOf = async (world: World, release: WantedRelease): Promise<readonly Planned[]> =>
	(await renderRelease(world, release)).objects.flatMap(plannedPods);

/** The probes are pods too; they look out of the control plane's namespace. */
const probePods = ({answers, signal}: World, namespace: string): readonly Planned[] => {
	const {namespace: own, podSecurityContext} = answers.controlPlane;
	if (!answers.network.podChecks || namespace !== own) return [];
	const probe = {namespace, name: 'probe', image: '', podSecurityContext, script: '', env: {}, timeoutMs: 1000, signal};
	return [{...ownPod('the probes of this tool', probeJob(probe, 'probe').spec?.template?.spec), count: 0}];
};

const plansOf = async (world: World): Promise<readonly Plan[]> => {
	const releases = await sampleReleases(world);
	const planned = await Promise.all(releases.map(async (release) => podsOf(world, release)));
	return [...new Set(releases.map(({namespace}) => namespace))].map((namespace) => ({
		namespace,
		pods: [
			...releases.flatMap((release, index) => (release.namespace === namespace ? (planned[index] ?? []) : [])),
			...probePods(world, namespace),
		],
		answers: releases.flatMap(({component, ...one}) => (one.namespace === namespace ? [component] : [])),
	}));
};

const lackedBy = (level: Level, pods: readonly Planned[]): readonly string[] =>
	pods.flatMap(({label, spec}) => {
		const lacks = lackedFor(level, spec);
		return lacks.length === 0 ? [] : [`${label}: ${lacks.join(', ')}`];
	});

const refusedByLevel = ({namespace, pods, answers}: Plan, live: KubeObject): readonly Problem[] => {
	const level = enforcedLevel(live.metadata.labels ?? undefined);
	const lacked = level === undefined ? [] : lackedBy(level, pods);
	if (level === undefined || lacked.length === 0) return [];
	const enough = level === 'restricted' && lackedBy('baseline', pods).length === 0 ? 'baseline' : 'privileged';
	const facts = {namespace, level, enough, lacked: firstOf(lacked, 3, '; ')};
	return [
		stepProblems.problem('namespace-pod-security', facts, {
			evidence: lacked,
			answers: answers.map((component) => `${component}.podSecurityContext`),
		}),
	];
};

const refusedByAmounts = (
	code: 'namespace-limits' | 'namespace-quota',
	{namespace, answers}: Plan,
	broken: readonly string[],
): readonly Problem[] =>
	broken.length === 0
		? []
		: [
				stepProblems.problem(
					code,
					{namespace, broken: firstOf(broken, 2, '; ')},
					{
						evidence: broken,
						answers: answers.flatMap((component) => [
							`${component}.resources.requests`,
							`${component}.resources.limits`,
						]),
					},
				),
			];

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

const problemsOf = async (world: World, plan: Plan, unread: string[]): Promise<readonly Problem[]> => {
	const {namespace, pods} = plan;
	const live = await world.cluster.get({apiVersion: 'v1', kind: 'Namespace', name: namespace}, world.signal);
	// A namespace that this tool makes has no rules of its own.
	if (!live) return [];
	const ranges = await rulesOf(world, {namespace, kind: 'LimitRange'}, unread);
	const quotas = await rulesOf(world, {namespace, kind: 'ResourceQuota'}, unread);
	const filled = pods.map((pod) => fillIn(ranges, pod));
	return [
		...refusedByLevel(plan, live),
		...refusedByAmounts(
			'namespace-limits',
			plan,
			ranges.flatMap((range) => brokenRange(range, pods)),
		),
		...refusedByAmounts(
			'namespace-quota',
			plan,
			quotas.flatMap((quota) => brokenQuota(quota, filled)),
		),
	];
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
		const problems = await Promise.all(plans.map(async (plan) => problemsOf(world, plan, unread)));
		refuse(problems.flat());
		const count = plans.reduce((all, {pods}) => all + pods.length, 0);
		const note = `${counted(count, 'kind')} of pods in ${counted(plans.length, 'namespace')}`;
		const warnings = [
			`This login may not read ${unread.join(', ')}: whether pods are let in is seen when they are made.`,
		];
		return unread.length === 0 ? {note} : {note, warnings};
	},
};
