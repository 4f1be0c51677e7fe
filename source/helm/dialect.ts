import semver from 'semver';

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
