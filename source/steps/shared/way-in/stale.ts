import type {KubeObject} from '../../../cluster/types.ts';
import type {World} from '../../world.ts';
import {managedBy} from '../names.ts';
import type {WantedRelease} from '../release/wanted.ts';
import {httpRouteKind, listIfServed, routeKind} from './kinds.ts';
import {wayInName} from './objects.ts';

const [[label, owner] = []] = Object.entries(managedBy);

/** Is this the name of an object that this tool keeps beside a release of that name? */
const isBeside = (release: string, name: string): boolean =>
	name === wayInName(release, 0) || /^-\d+$/u.test(name.slice(wayInName(release, 0).length));

/**
 * HTTPRoutes and Routes that this tool made for a release, and that the answers no longer ask for: the other way would go on being served
 * beside the new one.
 */
export const staleWays = async (
	world: World,
	{name: release, namespace}: WantedRelease,
	wanted: readonly KubeObject[],
): Promise<readonly KubeObject[]> => {
	const labelSelector = `${label}=${owner}`;
	const found = await Promise.all(
		[httpRouteKind, routeKind].map(async (kind) => {
			const objects = await listIfServed(world, {...kind, namespace, labelSelector});
			return typeof objects === 'string' ? [] : objects.map((object) => ({...object, ...kind}));
		}),
	);
	const isWanted = ({kind, metadata}: KubeObject): boolean =>
		wanted.some((one) => one.kind === kind && one.metadata.name === metadata.name);
	return found
		.flat()
		.filter(
			(object) =>
				object.metadata.name.startsWith(wayInName(release, 0)) &&
				isBeside(release, object.metadata.name) &&
				!isWanted(object),
		);
};
