import {sampleControlPlane} from '../control-plane/release.ts';
import {type Check, refuse} from '../shared/checks.ts';
import {auditRelease} from '../shared/release/audit.ts';
import type {WantedRelease} from '../shared/release/wanted.ts';
import {sampleWorkspace} from '../workspaces/release.ts';
import type {World} from '../world.ts';

/** With made-up secrets: those of the answers may not be made yet. */
export const sampleReleases = async (world: World): Promise<readonly WantedRelease[]> =>
	Promise.all([
		sampleControlPlane(world),
		...world.answers.workspaces.map(async (workspace) => sampleWorkspace(world, workspace)),
	]);

/** Both charts take the values: a key that a chart does not know must be found before anything changes. */
export const chartValues: Check = {
	label: 'Chart values',
	asks: 'helm',
	run: async (world) => {
		const releases = await sampleReleases(world);
		const audits = await Promise.all(releases.map(async (release) => auditRelease(world, release)));
		refuse(audits.flatMap(({problems}) => problems));
		const warnings = audits.flatMap((audit) => audit.warnings);
		return {note: `${releases.length} releases rendered`, warnings};
	},
};
