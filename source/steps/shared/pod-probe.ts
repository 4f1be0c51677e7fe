import {type Problem, type ProblemArea, problem} from '../../base/problem.ts';
import {type ProbeKind, probeSpec} from '../../cluster/probe/scripts.ts';
import type {World} from '../world.ts';
import {referenceOf} from './names.ts';

const probeTimeoutMs = 90_000;

/** Runs one probe in a pod of the control plane's namespace, with the workspace server's image; undefined when pod checks are off or this is a dry run. */
export const runPodProbe = async (
	world: World,
	kind: ProbeKind,
	args: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>> | undefined> => {
	const {answers, bundle, cluster, signal} = world;
	if (!answers.network.podChecks || world.pass === 'look') return undefined;
	const server = (await bundle.open(signal)).images.find(({name}) => name === 'zenml-pro-server');
	if (!server) return undefined;
	world.report({
		kind: 'waiting',
		reason: `a probe pod in namespace ${answers.controlPlane.namespace} (${kind})`,
		timeoutMs: probeTimeoutMs,
	});
	const {output} = await cluster.probe({
		namespace: answers.controlPlane.namespace,
		name: `zenml-airgap-probe-${kind}`,
		image: referenceOf(answers, server),
		...(answers.registry.username === undefined ? {} : {pullSecret: answers.registry.pullSecretName}),
		...probeSpec(kind, args),
		timeoutMs: probeTimeoutMs,
		signal,
	});
	const line = output.findLast((text) => text.startsWith('{'));
	if (line === undefined) {
		return {error: `the probe printed no result: ${output.slice(-3).join(' | ')}`, kind: 'other'};
	}
	return JSON.parse(line) as Readonly<Record<string, unknown>>;
};

/** A probe that either works or is a problem. */
export const probeFromPod = async (
	world: World,
	probe: {
		readonly kind: ProbeKind;
		readonly args: Readonly<Record<string, unknown>>;
		readonly what: string;
		readonly area: ProblemArea;
		readonly answers?: readonly string[];
	},
): Promise<Problem | undefined> => {
	const result = await runPodProbe(world, probe.kind, probe.args);
	if (result?.error === undefined) return undefined;
	return problem({
		code: `unreachable-from-pod-${probe.kind}`,
		area: probe.area,
		who: 'network team',
		message: `A pod cannot reach ${probe.what}, though this host can.`,
		cause: String(result.error),
		fix: 'Let the pods of this cluster through: network policies, firewall between the nodes and the server, name resolution in the cluster.',
		nextSteps: [`kubectl -n ${world.answers.controlPlane.namespace} get networkpolicy`],
		...(probe.answers ? {answers: probe.answers} : {}),
	});
};
