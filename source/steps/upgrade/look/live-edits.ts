import type {RenderedObject} from '../../../charts/index.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import type {WantedRelease} from '../../shared/release/wanted.ts';
import type {World} from '../../world.ts';

/** Kinds whose annotations people and controllers write, with the version of their API. */
const watched: Readonly<Record<string, string>> = {
	Deployment: 'apps/v1',
	Service: 'v1',
	ServiceAccount: 'v1',
	Ingress: 'networking.k8s.io/v1',
};

/** Written by Kubernetes, Helm and kubectl themselves. */
const ofSystems = /^(?:meta\.helm\.sh|deployment\.kubernetes\.io|kubectl\.kubernetes\.io|autoscaling\.alpha)\//u;

const annotationsOf = ({metadata}: Pick<KubeObject, 'metadata'>): Readonly<Record<string, string>> =>
	(metadata as {readonly annotations?: Readonly<Record<string, string>>}).annotations ?? {};

/** Annotations of one object that were set by hand: those that the chart does not write stay, the others go back to the chart's. */
const editsOf = (live: KubeObject, before: RenderedObject): readonly string[] => {
	const wrote = annotationsOf(before as unknown as KubeObject);
	return Object.entries(annotationsOf(live)).flatMap(([name, value]) => {
		if (ofSystems.test(name) || wrote[name] === value) return [];
		const label = `${live.kind} ${live.metadata.name}: annotation ${name}`;
		return wrote[name] === undefined
			? [`kept: ${label} was set by hand`]
			: [`NOT kept: ${label} was changed by hand, and the chart writes it; set it by helmValues to keep it`];
	});
};

/** What was set by hand on the objects of a release, beside its values. @throws ProblemError area `cluster` */
export const liveEdits = async (
	{cluster, signal}: World,
	{namespace}: WantedRelease,
	before: readonly RenderedObject[],
): Promise<readonly string[]> => {
	const found = await Promise.all(
		before.map(async (object) => {
			const apiVersion = watched[object.kind];
			if (apiVersion === undefined) return [];
			const {kind, metadata} = object;
			const live = await cluster.get({apiVersion, kind, namespace, name: metadata.name}, signal);
			return live
				? editsOf(live, object)
				: [`missing: ${kind} ${metadata.name} was deleted by hand, and is made again`];
		}),
	);
	return found.flat();
};
