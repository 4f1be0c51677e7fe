import type {Answers} from '../../../answers/schema.ts';
import type {Problem} from '../../../base/problem.ts';
import {quantityOf} from '../../../base/quantity.ts';
import {firstOf} from '../../../base/text.ts';
import {type Toleration, tolerationsOf} from '../../../charts/tolerations.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {stepProblems} from '../../problems.ts';
import {componentsOf} from '../../shared/names.ts';

/** A taint of a node (core/v1). */
type Taint = {readonly key: string; readonly value?: string; readonly effect: string};

/** A node, as far as it counts here. */
export type Node = KubeObject & {
	readonly spec?: {readonly unschedulable?: boolean; readonly taints?: readonly Taint[]};
	readonly status?: {
		readonly allocatable?: Readonly<Record<string, string>>;
		readonly nodeInfo?: {readonly architecture?: string};
	};
};

/** CPU in cores, memory in bytes. */
export type Capacity = {readonly cpu: number; readonly memory: number};

/** Pods that are placed by the same answers, and what they request together. */
export type Placed = {
	/** Where the answers stand: `controlPlane`. */
	readonly path: string;
	readonly label: string;
	readonly nodeSelector: Readonly<Record<string, string>>;
	readonly tolerations: readonly Toleration[];
	readonly requests: Capacity;
};

/** Everything that this install puts on nodes; runner pods come and go, and reserve nothing. */
export const placedBy = (answers: Answers): readonly Placed[] => {
	const {workloadManager} = answers;
	const servers = componentsOf(answers).map(({path, label, answers: one}): Placed => {
		const {requests} = one.resources;
		return {
			path,
			label,
			nodeSelector: one.nodeSelector,
			tolerations: tolerationsOf(one.tolerations),
			requests: {
				cpu: one.replicas * quantityOf(requests.cpu),
				memory: one.replicas * quantityOf(requests.memory),
			},
		};
	});
	if (!workloadManager.enabled) return servers;
	const {nodeSelector, tolerations} = workloadManager;
	const runners = {path: 'workloadManager', label: 'workload manager', requests: {cpu: 0, memory: 0}};
	return [...servers, {...runners, nodeSelector, tolerations: tolerationsOf(tolerations)}];
};

/** Does a toleration bear a taint? (Kubernetes documentation, "Taints and Tolerations") */
const bears = ({key, operator, value, effect}: Toleration, taint: Taint): boolean =>
	key === taint.key && effect === taint.effect && (operator === 'Exists' || value === (taint.value ?? ''));

/** Taints that keep these pods away; a preference keeps nobody away. */
const againstPods = ({spec}: Node, {tolerations}: Placed): readonly Taint[] =>
	(spec?.taints ?? []).filter(
		(taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => bears(toleration, taint)),
	);

const hasLabels = ({metadata}: Node, {nodeSelector}: Placed): boolean =>
	Object.entries(nodeSelector).every(([key, value]) => metadata.labels?.[key] === value);

/** The taint that cordoning sets, which `spec.unschedulable` says too. */
const cordon = 'node.kubernetes.io/unschedulable';

const isCordoned = ({spec}: Node): boolean => spec?.unschedulable === true;

const taintsOf = (node: Node, placed: Placed): readonly Taint[] =>
	againstPods(node, placed).filter(({key}) => key !== cordon);

/** The nodes that these pods may go to. */
export const nodesFor = (nodes: readonly Node[], placed: Placed): readonly Node[] =>
	nodes.filter((node) => hasLabels(node, placed) && !isCordoned(node) && againstPods(node, placed).length === 0);

const shownTaint = ({key, value, effect}: Taint): string => `${key}${value ? `=${value}` : ''}:${effect}`;

/** Why none of the nodes takes these pods; undefined where one does, and where there are none at all. */
export const placementProblem = (nodes: readonly Node[], placed: Placed): Problem | undefined => {
	if (nodes.length === 0 || nodesFor(nodes, placed).length > 0) return undefined;
	const {path, label: component, nodeSelector} = placed;
	const labelled = nodes.filter((node) => hasLabels(node, placed));
	if (labelled.length === 0) {
		const answer = `${path}.nodeSelector`;
		const labels = Object.entries(nodeSelector)
			.map(([key, value]) => `${key}=${value}`)
			.join(', ');
		return stepProblems.problem('nodes-unfit', {case: 'labels', component, answer, labels}, {answers: [answer]});
	}
	const usable = labelled.filter((node) => taintsOf(node, placed).length === 0);
	if (usable.length > 0) {
		const names = firstOf(
			usable.map(({metadata}) => metadata.name),
			3,
		);
		return stepProblems.problem('nodes-unfit', {case: 'cordoned', component, nodes: names});
	}
	const taints = [...new Set(labelled.flatMap((node) => taintsOf(node, placed)).map(shownTaint))];
	const evidence = labelled.map(
		(node) => `${node.metadata.name}: ${taintsOf(node, placed).map(shownTaint).join(', ')}`,
	);
	const more = {evidence, answers: [`${path}.tolerations`]};
	return stepProblems.problem('nodes-unfit', {case: 'taints', component, taints: firstOf(taints, 3)}, more);
};
