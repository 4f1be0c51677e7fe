import {printable} from '../../../base/printable.ts';
import {counted} from '../../../base/text.ts';
import {type RenderedObject, readObjects} from '../../../charts/index.ts';
import type {ChangePart} from '../../../engine/plan.ts';
import {maskerOf, type Release} from '../../../helm/index.ts';
import type {World} from '../../world.ts';
import {renderRelease} from '../release/audit.ts';
import type {WantedRelease} from '../release/wanted.ts';
import {atMost, diffLines} from './diff-lines.ts';
import {manifestChanges, objectPairs} from './manifest-changes.ts';
import {maskedPair} from './masked.ts';
import {told} from './told.ts';

/** Lines of each part of a release that are told. */
const mostLines = 1200;

/** What is installed: its values, and its objects, or none where it is not there or not readable. */
type Installed = {readonly values: unknown; readonly objects: readonly RenderedObject[]};

const nothing: Installed = {values: undefined, objects: []};

const installedOf = async ({helm, signal}: World, {name, namespace}: WantedRelease): Promise<Installed> => {
	const read = readObjects(await helm.manifest(name, namespace, signal));
	return {
		values: await helm.values(name, namespace, signal),
		objects: 'broken' in read ? [] : read.objects,
	};
};

const heads = {added: '+', removed: '-', changed: '~'} as const;

/** The objects that differ, one after the other; labels of the version alone are no difference. */
const manifestLines = (before: readonly RenderedObject[], after: readonly RenderedObject[]): readonly string[] => {
	const pairs = objectPairs(before, after);
	const changes = manifestChanges(before, after);
	return [
		`${counted(changes.length, 'object differs', 'objects differ')}${changes.length === 0 ? '' : ':'}`,
		...changes.flatMap(({object, kind, restarts}) => {
			const [old, now] = pairs.get(object) ?? [];
			const head = `${heads[kind]} ${object}: ${kind}${restarts ? ', its pods are made anew' : ''}`;
			return ['', printable(head), ...diffLines(...maskedPair(old, now))];
		}),
	];
};

const partsBetween = async (world: World, wanted: WantedRelease, before: Installed): Promise<readonly ChangePart[]> => {
	const differing = diffLines(...maskedPair(before.values, wanted.values));
	const manifests = await told(world, 'Manifests', async () =>
		manifestLines(before.objects, (await renderRelease(world, wanted)).objects),
	);
	// A copy of a secret may stand under a name that says nothing of it.
	const mask = maskerOf([before.values, wanted.values]);
	const clean = (lines: readonly string[]): readonly string[] => mask(atMost(lines, mostLines).join('\n')).split('\n');
	return [
		{title: 'Values', lines: differing.length === 0 ? ['as they are'] : clean(differing)},
		{title: 'Manifests', lines: clean(manifests)},
	];
};

/**
 * What becomes of a release, as its change opens to it: values and manifests, installed against wanted, without secrets. Absent where no
 * plan is looked at. What cannot be found out is told in its place.
 * @throws the signal's reason
 */
export const releaseParts = async (
	world: World,
	wanted: WantedRelease,
	live: Release | undefined,
): Promise<readonly ChangePart[] | undefined> => {
	if (world.pass !== 'look') return undefined;
	let parts: readonly ChangePart[] = [];
	const refused = await told(world, 'Values and manifests', async () => {
		parts = await partsBetween(world, wanted, live ? await installedOf(world, wanted) : nothing);
		return [];
	});
	return refused.length > 0 ? [{title: 'Values', lines: refused}] : parts;
};

/** The same for a release whose secrets are not made yet: others stand in their place, and are not told either. */
export const sampleParts = async (
	world: World,
	sample: () => Promise<WantedRelease>,
): Promise<readonly ChangePart[] | undefined> => {
	if (world.pass !== 'look') return undefined;
	let parts: readonly ChangePart[] | undefined;
	const refused = await told(world, 'Values and manifests', async () => {
		parts = await releaseParts(world, await sample(), undefined);
		return [];
	});
	return refused.length > 0 ? [{title: 'Values', lines: refused}] : parts;
};
