import type {Problem} from '../../../base/problem.ts';
import {firstOf} from '../../../base/text.ts';
import type {RenderedObject} from '../../../charts/index.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {stepProblems} from '../../problems.ts';
import {enforcedLevel, type Level, lackedFor} from './pod-security.ts';
import {containersOf, type Planned} from './pods.ts';

/** The pods that are to be made in one namespace, and the answers that change them. */
export type Plan = {
	readonly namespace: string;
	readonly pods: readonly Planned[];
	readonly answers: readonly string[];
	/** What the charts render for it, test pods left out. */
	readonly objects: readonly RenderedObject[];
};

/** A pod that lacks something for a level, in words. `chart`: only containers lack it that run first, whose context no value changes. */
type Lack = {readonly words: string; readonly chart: boolean};

const lackedBy = (level: Level, pods: readonly Planned[]): readonly Lack[] =>
	pods.flatMap(({label, spec}) => {
		const lacks = lackedFor(level, spec).join(', ');
		if (lacks === '') return [];
		const chart = lackedFor(level, {...spec, initContainers: []}).length === 0;
		const first = (spec.initContainers ?? []).map(({name}) => name).join(', ');
		return [{words: `${chart ? `${first} of ${label}` : label}: ${lacks}`, chart}];
	});

/** Pods that the level of a namespace that is there would refuse. */
export const refusedByLevel = ({namespace, pods, answers}: Plan, live: KubeObject): readonly Problem[] => {
	const level = enforcedLevel(live.metadata.labels ?? undefined);
	const lacked = level === undefined ? [] : lackedBy(level, pods);
	if (level === undefined || lacked.length === 0) return [];
	const enough = level === 'restricted' && lackedBy('baseline', pods).length === 0 ? 'baseline' : 'privileged';
	const evidence = lacked.map(({words}) => words);
	const which = lacked.every(({chart}) => chart) ? 'chart' : 'pods';
	const facts = {case: which, namespace, level, enough, lacked: firstOf(evidence, 3, '; ')} as const;
	return [
		stepProblems.problem('namespace-pod-security', facts, {
			evidence,
			answers: which === 'chart' ? [] : answers.map((component) => `${component}.podSecurityContext`),
		}),
	];
};

/** Pods that its quotas or limits would refuse. */
export const refusedByAmounts = (
	code: 'namespace-limits' | 'namespace-quota',
	{namespace, answers}: Plan,
	{broken, silent}: {readonly broken: readonly string[]; readonly silent: readonly string[]},
): readonly Problem[] => {
	if (broken.length === 0) return [];
	const words = {namespace, broken: firstOf(broken, 2, '; ')};
	const told = {
		evidence: broken,
		answers: answers.flatMap((component) => [`${component}.resources.requests`, `${component}.resources.limits`]),
	};
	if (silent.length === 0) return [stepProblems.problem(code, {case: 'amounts', ...words}, told)];
	return [stepProblems.problem(code, {case: 'silent', ...words, silent: firstOf(silent, 3)}, told)];
};

/** Containers that say nothing of CPU and memory, once the ranges of the namespace have filled in theirs. */
export const silentIn = (pods: readonly Planned[]): readonly string[] =>
	pods.flatMap(({label, spec}) =>
		containersOf(spec)
			.filter(({resources}) => Object.keys({...resources?.requests, ...resources?.limits}).length === 0)
			.map(({name}) => `${name} of ${label}`),
	);
