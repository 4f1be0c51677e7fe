import type {Problem} from '../../../base/problem.ts';
import {quantityOf} from '../../../base/quantity.ts';
import {counted} from '../../../base/text.ts';
import {formatBytes} from '../../../base/units.ts';
import {clusterProblems} from '../../../cluster/problems.ts';
import type {Image} from '../../../oci/image.ts';
import {stepProblems} from '../../problems.ts';
import {type Check, listIfAllowed, refuse, type Seen} from '../../shared/checks.ts';
import {type Capacity, type Node, nodesFor, type Placed, placedBy, placementProblem} from './placement.ts';

const sum = (all: readonly Capacity[]): Capacity => ({
	cpu: all.reduce((total, {cpu}) => total + cpu, 0),
	memory: all.reduce((total, {memory}) => total + memory, 0),
});

const capacityOf = (nodes: readonly Node[]): Capacity =>
	sum(
		nodes.map(({status}) => ({
			cpu: quantityOf(status?.allocatable?.cpu ?? '0'),
			memory: quantityOf(status?.allocatable?.memory ?? '0'),
		})),
	);

const mendsOf = ({path}: Placed): readonly string[] => [
	`${path}.replicas`,
	`${path}.resources.requests.cpu`,
	`${path}.resources.requests.memory`,
];

/** Nodes that some pods may go to, and the pods that may go nowhere else. */
type Room = {readonly nodes: readonly Node[]; readonly placed: readonly Placed[]};

/**
 * Every set of nodes that some pods are bound to, with all pods that are bound within it; the last one is that of everybody. Pods fit as a
 * whole only where each of these has room.
 */
const roomsOf = (nodes: readonly Node[], all: readonly Placed[]): readonly Room[] => {
	const homes = all.map((placed) => ({placed, home: new Set(nodesFor(nodes, placed))}));
	const union = new Set(homes.flatMap(({home}) => [...home]));
	return [...homes.map(({home}) => home), union].map((room) => ({
		nodes: [...room],
		placed: homes.flatMap(({placed, home}) => ([...home].every((node) => room.has(node)) ? [placed] : [])),
	}));
};

const roomProblem = ({nodes, placed}: Room, isAll: boolean): Problem | undefined => {
	const needed = sum(placed.map(({requests}) => requests));
	const have = capacityOf(nodes);
	if (have.cpu >= needed.cpu && have.memory >= needed.memory) return undefined;
	const facts = {
		neededCpu: needed.cpu,
		neededMemory: formatBytes(needed.memory),
		cpu: have.cpu,
		memory: formatBytes(have.memory),
	} as const;
	const more = {area: 'prerequisites', answers: placed.slice(0, 1).flatMap(mendsOf)} as const;
	if (isAll) return clusterProblems.problem('cluster-too-small', {case: 'all nodes', ...facts}, more);
	const components = placed.map(({label}) => label).join(', ');
	const count = counted(nodes.length, 'node');
	return clusterProblems.problem('cluster-too-small', {case: 'some nodes', ...facts, components, nodes: count}, more);
};

const tooSmall = (nodes: readonly Node[], all: readonly Placed[]): readonly Problem[] => {
	const isAll = (room: Room): boolean => room.nodes.length === nodes.length;
	const problems = roomsOf(nodes, all).map((room) => roomProblem(room, isAll(room)));
	const first = problems.find((problem) => problem !== undefined);
	return first ? [first] : [];
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

/** Some node takes the pods of each component; those that do together have room for what these request, and are what the images are made for. */
export const nodes: Check = {
	label: 'Nodes',
	asks: 'cluster',
	run: async (world) => {
		const {bundle, answers, signal} = world;
		const all = (await listIfAllowed(world, {apiVersion: 'v1', kind: 'Node'})) as readonly Node[] | undefined;
		if (!all) return unseen;
		const placed = placedBy(answers);
		refuse(placed.flatMap((one) => placementProblem(all, one) ?? []));
		const used = all.filter((node) => placed.some((one) => nodesFor([node], one).length > 0));
		const architectures = [...new Set(used.flatMap(({status}) => status?.nodeInfo?.architecture ?? []))];
		const {images} = await bundle.open(signal);
		refuse([...tooSmall(all, placed), ...foreign(images, architectures)]);
		const {cpu, memory} = capacityOf(used);
		const count = used.length === all.length ? counted(all.length, 'node') : `${used.length} of ${all.length} nodes`;
		return {note: `${count}, ${cpu.toFixed(1)} CPU, ${formatBytes(memory)}, ${architectures.join(', ')}`};
	},
};
