import type {ComponentAnswers} from '../../answers/schema.ts';
import type {Problem} from '../../base/problem.ts';
import {isMap} from '../../base/text.ts';
import {tolerationsOf} from '../../charts/index.ts';
import {type ProbeKind, probeSpec} from '../../cluster/probe/scripts.ts';
import type {PodProbe} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';
import {pinnedReference} from './pinned.ts';

/** How long a probe may take, its pull included, ms. */
const usualMs = 90_000;

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
export type ProbePlace = Pick<ComponentAnswers, 'namespace' | 'podSecurityContext' | 'nodeSelector' | 'tolerations'> & {
	/** An image with Python 3; by default that of the workspace server. */
	readonly image?: string;
	/** It brings the leave to pull with it. */
	readonly serviceAccount?: string;
	readonly secretEnv?: PodProbe['secretEnv'];
	/** The Secret of that namespace that it reads. */
	readonly secretVolume?: PodProbe['secretVolume'];
	/** Storage that it mounts. */
	readonly storage?: PodProbe['storage'];
	/** How long it may take where that is not the usual, ms. */
	readonly timeoutMs?: number;
};

const imageOf = async (world: World, {image}: ProbePlace): Promise<string | undefined> => {
	if (image !== undefined) return image;
	const server = (await world.bundle.open(world.signal)).images.find(({name}) => name === probeImage);
	return server && pinnedReference(world, server);
};

const pullSecretFor = ({answers: {registry}}: World, {serviceAccount}: ProbePlace): string | undefined =>
	serviceAccount === undefined && registry.username !== undefined ? registry.pullSecretName : undefined;

/**
 * Runs one probe in a pod with the workspace server's image; undefined when pod checks are off or this is a dry run.
 * @param place by default that of the control plane
 */
export const runPodProbe = async (
	world: World,
	kind: ProbeKind,
	args: Readonly<Record<string, unknown>>,
	place: ProbePlace = world.answers.controlPlane,
): Promise<ProbeResult | undefined> => {
	const {answers, cluster, signal, report} = world;
	if (!answers.network.podChecks || world.pass === 'look') return undefined;
	const image = await imageOf(world, place);
	if (image === undefined) return undefined;
	const {namespace, podSecurityContext, nodeSelector, tolerations, serviceAccount, secretEnv} = place;
	const {storage, timeoutMs = usualMs} = place;
	const what = `a probe pod in namespace ${namespace} (${kind})`;
	report({kind: 'waiting', reason: what, timeoutMs});
	const {output} = await cluster.probe({
		...{namespace, image, podSecurityContext, serviceAccount, secretEnv, storage},
		name: `zenml-airgap-probe-${kind}`,
		secretVolume: place.secretVolume,
		pullSecret: pullSecretFor(world, place),
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
		readonly kind: 'dns' | 'https';
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
