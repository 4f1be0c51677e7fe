import semver from 'semver';
import {ProblemError} from '../base/problem.ts';

/** The oldest Helm that reads `oci://` charts without a feature gate and knows every flag used here. */
export const oldestHelm = '3.8.0';

/**
 * What differs between Helm major versions, as arguments. Read off `helm COMMAND --help` of 3.18.0 and 4.2.3:
 * Helm 4 made `--wait` a strategy and moved to server-side apply, `auto` keeping the method of the earlier release.
 * Neither `--atomic` (3) nor `--rollback-on-failure` (4) is used: a failed release stays, so that it can be diagnosed.
 */
export type Dialect = {
	readonly major: number;
	readonly wait: readonly string[];
	/** Arguments of `upgrade` and `rollback` that choose how objects are updated. */
	readonly update: readonly string[];
	readonly forceConflicts: readonly string[];
	/** Makes `list` show releases in every state. */
	readonly listAll: readonly string[];
};

const dialects: readonly Dialect[] = [
	{major: 3, wait: ['--wait'], update: [], forceConflicts: [], listAll: ['--all']},
	{
		major: 4,
		wait: ['--wait=watcher'],
		update: ['--server-side=auto'],
		forceConflicts: ['--force-conflicts'],
		listAll: [],
	},
];

/** The dialect of a version; a newer major speaks like the newest known one. */
export const dialectOf = (version: string): Dialect => {
	const major = semver.major(version);
	const known = dialects.find((dialect) => dialect.major === major) ?? dialects.at(-1);
	if (!known) throw new Error('the table of Helm dialects is empty');
	return known;
};

/**
 * The version in the output of `helm version --short`, e.g. `v3.18.0+gcc58e3f` gives `3.18.0`.
 * @throws ProblemError `helm-missing` when this is not Helm's output, `helm-too-old` below {@link oldestHelm}.
 */
export const parseVersion = (output: string, binary: string): string => {
	const found = /v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)(?:\+\S*)?\s*$/u.exec(output.trim())?.[1];
	const version = found === undefined ? null : semver.parse(found);
	if (version === null) {
		throw new ProblemError({
			code: 'helm-missing',
			area: 'prerequisites',
			message: `${binary} is not the Helm program.`,
			cause: 'Asked for its version, it gave an answer that Helm does not give.',
			fix: `Set helm.binary to the path of Helm ${oldestHelm} or newer.`,
			answers: ['helm.binary'],
			evidence: output.trim().split('\n').slice(0, 5),
		});
	}
	if (semver.lt(version, oldestHelm)) {
		throw new ProblemError({
			code: 'helm-too-old',
			area: 'prerequisites',
			message: `Helm ${version.version} is too old; ${oldestHelm} or newer is needed.`,
			cause: `${binary} is Helm ${version.version}.`,
			fix: 'Install a newer Helm, or set helm.binary to one that is on this host already.',
			answers: ['helm.binary'],
		});
	}
	return version.version;
};
