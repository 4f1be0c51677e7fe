import type {RenderedObject} from '../../../charts/index.ts';
import {knows} from '../../../charts/index.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import type {Change} from '../../../engine/plan.ts';
import type {World} from '../../world.ts';
import {componentsOf, managedBy} from '../names.ts';
import {type Naming, objectChanges, objectsToDo} from '../objects/object-changes.ts';
import {wayInObjects} from '../way-in/objects.ts';
import {staleWays} from '../way-in/stale.ts';
import {renderRelease} from './audit.ts';
import type {WantedRelease} from './wanted.ts';

/** What the charts call the part that serves: the workspace server, and the API of the control plane. */
const serving: ReadonlySet<string> = new Set(['server', 'api']);

type Selector = Readonly<Record<string, string>>;

const componentLabel = 'app.kubernetes.io/component';

/** The parts of a Deployment that say which pods are its own. */
type DeploymentSpec = {
	readonly selector?: {readonly matchLabels?: Selector};
	readonly template?: {readonly metadata?: {readonly labels?: Selector}};
};

/** What its pods are found by. Its own selector may be that of the workers too, whose component is another. */
const selectorIn = ({spec}: RenderedObject): Selector | undefined => {
	const {selector, template} = (spec ?? {}) as DeploymentSpec;
	const component = template?.metadata?.labels?.[componentLabel];
	return (
		selector?.matchLabels && {...selector.matchLabels, ...(component !== undefined && {[componentLabel]: component})}
	);
};

/** Labels of the pods that serve: workers and dashboards have Deployments of their own, which older charts do not have. */
const servingPods = (objects: readonly RenderedObject[]): Selector | undefined => {
	const all = objects
		.filter(({kind}) => kind === 'Deployment')
		.map(selectorIn)
		.filter((labels) => labels !== undefined);
	return all.find((labels) => serving.has(labels[componentLabel] ?? '')) ?? all[0];
};

/** The disruption budget that the answers ask for, where the chart makes none. */
const budgetOf = async (world: World, wanted: WantedRelease): Promise<readonly KubeObject[]> => {
	const component = componentsOf(world.answers).find(({path}) => path === wanted.component);
	const budget = component?.answers.podDisruptionBudget;
	if (!budget?.enabled || knows(wanted.contents.known, 'podDisruptionBudget')) return [];
	const matchLabels = servingPods((await renderRelease(world, wanted)).objects);
	if (!matchLabels) return [];
	return [
		{
			apiVersion: 'policy/v1',
			kind: 'PodDisruptionBudget',
			metadata: {name: `${wanted.name}-airgap`, namespace: wanted.namespace, labels: managedBy},
			spec: {minAvailable: budget.minAvailable, selector: {matchLabels}},
		},
	];
};

const naming: Naming = {nameOf: ({kind, metadata}) => `${kind} ${metadata.namespace}/${metadata.name}`};

const objectsBeside = async (world: World, wanted: WantedRelease): Promise<readonly KubeObject[]> => [
	...(wanted.beside ?? []),
	...(await budgetOf(world, wanted)),
	...(await wayInObjects(world, wanted)),
];

/** What differs of the objects that this tool keeps beside a release. @throws ProblemError `object-of-others`, `chart-without-ingress` */
export const besideChanges = async (world: World, wanted: WantedRelease): Promise<readonly Change[]> => {
	const objects = await objectsBeside(world, wanted);
	const stale = await staleWays(world, wanted, objects);
	return [
		...(await objectChanges(world, objects, naming)),
		...stale.map((object): Change => ({action: 'delete', target: naming.nameOf(object)})),
	];
};

/** Makes them so; before the release, whose hooks read Secrets. */
export const applyBeside = async (world: World, wanted: WantedRelease): Promise<void> => {
	for (const {object} of await objectsToDo(world, await objectsBeside(world, wanted), naming)) {
		await world.cluster.apply(object, {signal: world.signal});
		world.report({kind: 'line', level: 'info', text: `${naming.nameOf(object)} applied`});
	}
};

/** Removes the ways in that the answers no longer ask for; after the release, which may bring the new one. */
export const tidyBeside = async (world: World, wanted: WantedRelease): Promise<void> => {
	for (const object of await staleWays(world, wanted, await wayInObjects(world, wanted))) {
		const {apiVersion, kind, metadata} = object;
		const {name, namespace} = metadata;
		await world.cluster.delete({apiVersion, kind, name, namespace}, world.signal);
		world.report({kind: 'line', level: 'info', text: `${naming.nameOf(object)} removed`});
	}
};
