import type {ComponentAnswers} from '../../answers/schema.ts';
import type {Problem} from '../../base/problem.ts';
import {isMap} from '../../base/text.ts';
import {tolerationsOf} from '../../charts/index.ts';
import {type ProbeKind, probeSpec} from '../../cluster/probe/scripts.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';
import {pinnedReference} from './pinned.ts';

/** How long a probe may take, its pull included, ms. */
const timeoutMs = 90_000;

/** The image that has Python 3. */
const probeImage = 'zenml-pro-server';

/** What a probe found; `error` in words where it failed. */
export type ProbeResult = Readonly<Record<string, unknown>>;

const parse = (line: string): ProbeResult | undefined => {
	try {
		const value: unknown = JSON.parse(line);
		return isMap(value) ? value : undefined;
	} catch {
		return undefined;
	}
};

const resultOf = (output: readonly string[]): ProbeResult => {
	for (const line of output.toReversed()) {
		const result = parse(line);
		if (result) return result;
	}
	return {error: `the probe printed no result: ${output.slice(-3).join(' | ')}`, kind: 'other'};
};

/** Where a probe runs: in the namespace of a component, as its pods do. */
type ProbePlace = Pick<ComponentAnswers, 'namespace' | 'podSecurityContext' | 'nodeSelector' | 'tolerations'>;

/**
 * Runs one probe in a pod with the workspace server's image; undefined when pod checks are off or this is a dry run.
 * @param place by default that of the control plane
 */
export const runPodProbe = async (
	world: World,
	kind: ProbeKind,
	args: Readonly<Record<string, unknown>>,
	{namespace, podSecurityContext, nodeSelector, tolerations}: ProbePlace = world.answers.controlPlane,
): Promise<ProbeResult | undefined> => {
	const {answers, bundle, cluster, signal, report} = world;
	if (!answers.network.podChecks || world.pass === 'look') return undefined;
	const server = (await bundle.open(signal)).images.find(({name}) => name === probeImage);
	if (!server) return undefined;
	const {username, pullSecretName} = answers.registry;
	const what = `a probe pod in namespace ${namespace} (${kind})`;
	report({kind: 'waiting', reason: what, timeoutMs});
	const {output} = await cluster.probe({
		namespace,
		name: `zenml-airgap-probe-${kind}`,
		image: await pinnedReference(world, server),
		pullSecret: username === undefined ? undefined : pullSecretName,
		podSecurityContext,
		scheduling: {nodeSelector, tolerations: tolerationsOf(tolerations)},
		...probeSpec(kind, args),
		timeoutMs,
		onWaiting: (reason) => report({kind: 'waiting', reason: `${what}: ${reason}`, timeoutMs}),
		signal,
	});
	return resultOf(output);
};

/**
 * A probe that either works or is a problem.
 * @param probe `what` the pod is to reach, in the operator's words, and the paths of the answers that name it.
 */
export const probeFromPod = async (
	world: World,
	probe: {
		readonly kind: ProbeKind;
		readonly args: Readonly<Record<string, unknown>>;
		readonly what: string;
		readonly answers: readonly string[];
		readonly place?: ProbePlace;
	},
): Promise<Problem | undefined> => {
	const {kind, args, what, answers, place = world.answers.controlPlane} = probe;
	const result = await runPodProbe(world, kind, args, place);
	if (result?.error === undefined) return undefined;
	const facts = {what, words: String(result.error), namespace: place.namespace};
	return stepProblems.problem(`unreachable-from-pod-${kind}`, facts, {answers});
};
