import {counted} from '../../base/text.ts';
import {sampleControlPlane} from '../control-plane/release.ts';
import {type Check, refuse} from '../shared/checks.ts';
import {auditRelease} from '../shared/release/audit.ts';
import type {WantedRelease} from '../shared/release/wanted.ts';
import {sampleWorkspace} from '../workspaces/release.ts';
import type {World} from '../world.ts';

const makeSamples = async (world: World): Promise<readonly WantedRelease[]> =>
	Promise.all([
		sampleControlPlane(world),
		...world.answers.workspaces.map(async (workspace) => sampleWorkspace(world, workspace)),
	]);

/** By what a look reports to: each of its checks has a copy of the world, with a signal of its own. */
const made = new WeakMap<World['report'], Promise<readonly WantedRelease[]>>();

/**
 * With made-up secrets: those of the answers may not be made yet. The same for all checks of one look, so that each chart is rendered
 * once for all of them.
 */
export const sampleReleases = (world: World): Promise<readonly WantedRelease[]> => {
	const {report} = world;
	const samples = made.get(report) ?? makeSamples(world);
	made.set(report, samples);
	// A look that failed is made again as a whole.
	samples.catch(() => made.delete(report));
	return samples;
};

/** Both charts take the values: a key that a chart does not know must be found before anything changes. */
export const chartValues: Check = {
	label: 'Chart values',
	asks: 'helm',
	run: async (world) => {
		const releases = await sampleReleases(world);
		const audits = await Promise.all(releases.map(async (release) => auditRelease(world, release)));
		refuse(audits.flatMap(({problems}) => problems));
		const warnings = audits.flatMap((audit) => audit.warnings);
		return {note: `${counted(releases.length, 'release')} rendered`, warnings};
	},
};
