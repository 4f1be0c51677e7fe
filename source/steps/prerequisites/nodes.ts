import type {Answers} from '../../answers/schema.ts';
import type {Problem} from '../../base/problem.ts';
import {quantityOf} from '../../base/quantity.ts';
import {counted} from '../../base/text.ts';
import {formatBytes} from '../../base/units.ts';
import {clusterProblems} from '../../cluster/problems.ts';
import type {Image} from '../../oci/image.ts';
import {stepProblems} from '../problems.ts';
import {type Check, listIfAllowed, refuse, type Seen} from '../shared/checks.ts';
import {componentsOf} from '../shared/names.ts';

/** The part of a node's status (core/v1) that counts here. */
type NodeStatus = {
	readonly allocatable?: Readonly<Record<string, string>>;
	readonly nodeInfo?: {readonly architecture?: string};
};

/** CPU in cores, memory in bytes. */
type Capacity = {readonly cpu: number; readonly memory: number};

const sum = (all: readonly Capacity[]): Capacity => ({
	cpu: all.reduce((total, {cpu}) => total + cpu, 0),
	memory: all.reduce((total, {memory}) => total + memory, 0),
});

const requestsOf = (answers: Answers): Capacity =>
	sum(
		componentsOf(answers).map(
			({
				answers: {
					replicas,
					resources: {requests},
				},
			}) => ({
				cpu: replicas * quantityOf(requests.cpu),
				memory: replicas * quantityOf(requests.memory),
			}),
		),
	);

const allocatableOf = ({allocatable = {}}: NodeStatus): Capacity => ({
	cpu: quantityOf(allocatable.cpu ?? '0'),
	memory: quantityOf(allocatable.memory ?? '0'),
});

const mends = [
	'controlPlane.replicas',
	'controlPlane.resources.requests.cpu',
	'controlPlane.resources.requests.memory',
] as const;

const tooSmall = (needed: Capacity, have: Capacity): readonly Problem[] => {
	const isShort = have.cpu < needed.cpu || have.memory < needed.memory;
	if (!isShort) return [];
	const facts = {
		case: 'all nodes',
		neededCpu: needed.cpu,
		neededMemory: formatBytes(needed.memory),
		cpu: have.cpu,
		memory: formatBytes(have.memory),
	} as const;
	return [clusterProblems.problem('cluster-too-small', facts, {area: 'prerequisites', answers: mends})];
};

/** Nodes that do not say what they are count as fitting. */
const foreign = (images: readonly Image[], architectures: readonly string[]): readonly Problem[] => {
	if (architectures.length === 0) return [];
	const runs = ({platform, platforms = [platform]}: Image): boolean =>
		platforms.some(({architecture}) => architectures.includes(architecture));
	const image = images.find((one) => !runs(one));
	if (!image) return [];
	const {architecture} = image.platform;
	return [
		stepProblems.problem('architecture-mismatch', {
			architecture,
			nodes: architectures.join(', '),
			image: image.source,
		}),
	];
};

const unseen: Seen = {
	note: 'not checked: this login may not list nodes',
	warnings: [
		'Nodes: this login may not list them, so whether they have room and the architecture of the images was not checked.',
	],
	bad: true,
};

/** The nodes together have room for what the pods request, and are what the images are made for. */
export const nodes: Check = {
	label: 'Nodes',
	asks: 'cluster',
	run: async (world) => {
		const {bundle, answers, signal} = world;
		const objects = await listIfAllowed(world, {apiVersion: 'v1', kind: 'Node'});
		if (!objects) return unseen;
		const statuses = objects.map(({status}) => (status ?? {}) as NodeStatus);
		const have = sum(statuses.map(allocatableOf));
		const architectures = [...new Set(statuses.flatMap(({nodeInfo}) => nodeInfo?.architecture ?? []))];
		const {images} = await bundle.open(signal);
		refuse([...tooSmall(requestsOf(answers), have), ...foreign(images, architectures)]);
		return {
			note: `${counted(statuses.length, 'node')}, ${have.cpu.toFixed(1)} CPU, ${formatBytes(have.memory)}, ${architectures.join(', ')}`,
		};
	},
};
