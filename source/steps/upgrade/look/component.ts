import {counted, firstOf} from '../../../base/text.ts';
import {nameOfPath, readObjects} from '../../../charts/index.ts';
import type {PlanPage} from '../../../engine/plan.ts';
import {manifestChanges, type ObjectChange} from '../../shared/preview/manifest-changes.ts';
import {told} from '../../shared/preview/told.ts';
import {renderRelease} from '../../shared/release/audit.ts';
import {differingPaths} from '../../shared/release/differing-paths.ts';
import {labelOf} from '../../shared/release/wanted.ts';
import type {World} from '../../world.ts';
import type {Installed} from '../installed.ts';
import type {Upgraded} from '../wanted.ts';
import {liveEdits} from './live-edits.ts';

/** Lines that a page tells of one object, and of how many objects. */
const [mostPaths, mostObjects] = [25, 60];

const objectLines = ({object, kind, paths, restarts}: ObjectChange): readonly string[] => [
	`${kind}: ${object}${restarts ? ' (its pods are made anew)' : ''}`,
	...paths.slice(0, mostPaths).map((one) => `  ${one}`),
	...(paths.length > mostPaths ? [`  and ${paths.length - mostPaths} more`] : []),
];

const valuesLines = ({wanted, edits, open}: Upgraded): readonly string[] => {
	const named = (paths: readonly (readonly string[])[]): string => firstOf(paths.map(nameOfPath), 20);
	const differing = differingPaths(wanted.edits?.live, wanted.values);
	return [
		differing.length === 0 ? 'Values: as they are.' : `Values that change: ${firstOf(differing, 40)}`,
		...(edits.kept.length > 0 ? [`kept, set by hand: ${named(edits.kept)}`] : []),
		...(edits.lost.length > 0 ? [`NOT kept, the new chart does not know them: ${named(edits.lost)}`] : []),
		...(edits.conflicts.length > 0
			? [
					`set by hand, and changed by the upgrade: ${named(edits.conflicts.map(({path}) => path))} (${counted(open.length, 'is', 'are')} to be decided)`,
				]
			: []),
		...(edits.unrecorded
			? ['No record says what was installed here: a value that the answers set as well is taken from the answers.']
			: []),
	];
};

/** What a component's upgrade does to its objects. */
export type ComponentLook = {
	readonly page: PlanPage;
	/** Objects whose pods are made anew. */
	readonly restarts: readonly string[];
};

/** Values and manifests of one component, before and after. @throws the signal's reason */
export const lookAtComponent = async (
	world: World,
	{component, live}: Installed,
	upgraded: Upgraded,
): Promise<ComponentLook> => {
	const {wanted} = upgraded;
	let restarts: readonly string[] = [];
	const manifests = await told(world, 'Manifests', async () => {
		const kept = await world.helm.manifest(wanted.name, wanted.namespace, world.signal, live?.revision);
		const read = readObjects(kept);
		if ('broken' in read) return ['Manifests: what Helm keeps of them is not readable.'];
		const changes = manifestChanges(read.objects, (await renderRelease(world, wanted)).objects);
		restarts = changes.filter((one) => one.restarts).map(({object}) => `${component.label}: ${object}`);
		return [
			changes.length === 0
				? 'Manifests: as they are.'
				: `Manifests: ${counted(changes.length, 'object differs', 'objects differ')}, labels of the version left out.`,
			...changes.slice(0, mostObjects).flatMap(objectLines),
			...(changes.length > mostObjects ? [`and ${changes.length - mostObjects} more objects`] : []),
			...(await liveEdits(world, wanted, read.objects)),
		];
	});
	const lines = [labelOf(wanted), ...valuesLines(upgraded), '', ...manifests];
	return {page: {title: `Changes of the ${component.label}`, lines}, restarts};
};
