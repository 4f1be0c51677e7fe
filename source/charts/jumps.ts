import semver from 'semver';
import {firstOf} from '../base/text.ts';
import {chartsProblems} from './problems.ts';
import type {Verdict} from './versions.ts';

/** A workspace as it is installed, and the version that it is to have. */
type Installed = {readonly label: string; readonly live: string; readonly wanted: string};

/** From here on tenants are called workspaces, in values, variables and the API (release notes of 0.80.0). */
const renamed = '0.80.0';
/** What a control plane from `newControlPlane` on needs of its workspaces (release notes of control plane 0.12.0). */
const oldestWorkspace = '0.85.0';
const newControlPlane = '0.12.0';

/** True where both are versions and the first is lower; a pre-release counts as its release. */
const isBefore = (version: string | undefined, bound: string): boolean => {
	const core = semver.coerce(semver.valid(version ?? null));
	return core !== null && semver.lt(core, bound);
};

const isFrom = (version: string, bound: string): boolean => semver.valid(version) !== null && !isBefore(version, bound);

/**
 * Is it one step from what is installed to what is carried in? The control plane is upgraded first, so for a while the new one has the old
 * workspaces. Versions that cannot be compared say nothing; nor does a control plane that is past the jump already, as going on mends it.
 * @param controlPlane the installed version, undefined where there is none, and that of the bundle
 */
export const jumpsFit = (
	controlPlane: {readonly live: string | undefined; readonly wanted: string},
	workspaces: readonly Installed[],
): Verdict => {
	const crosses = isBefore(controlPlane.live, newControlPlane) && isFrom(controlPlane.wanted, newControlPlane);
	const left = crosses ? workspaces.filter(({live}) => isBefore(live, oldestWorkspace)) : [];
	const over = workspaces.filter(({live, wanted}) => isBefore(live, renamed) && isFrom(wanted, renamed));
	const names = (some: readonly Installed[]): string =>
		firstOf(
			some.map(({label, live}) => `${label} (${live})`),
			5,
		);
	const facts = {from: controlPlane.live ?? '', to: controlPlane.wanted, workspaces: names(left)};
	return {
		problems: left.length === 0 ? [] : [chartsProblems.problem('upgrade-jump-unfit', facts)],
		warnings:
			left.length > 0 || over.length === 0
				? []
				: [
						`${names(over)}: this upgrade goes over ${renamed}, where tenants became workspaces. Save the databases first; programs that use the API of tenants must be changed.`,
					],
	};
};
