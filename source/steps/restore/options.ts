import {shellWord} from '../../base/shell.ts';

/** What of a backup is restored: `name` is `controlPlane` or that of a workspace. */
export type RestoreScope =
	| {readonly kind: 'whole'}
	| {readonly kind: 'workspace'; readonly name: string}
	| {readonly kind: 'database'; readonly name: string};

/** What somebody agreed to beforehand. */
export type RestoreFlags = {
	/** Servers may be newer than the data: they migrate it. */
	readonly newer: boolean;
	/** Secrets in the cluster that differ from those of the backup are replaced. */
	readonly replaceSecrets: boolean;
	/** A backup that was restored here before is restored once more, over what was written since. */
	readonly again: boolean;
	/** Components that only the backup has, or only the answers, are left out. */
	readonly partial: boolean;
};

/** A restore as it was asked for. */
export type RestoreOptions = {
	/** Id of the backup; the newest whole one where none is named. */
	readonly backup?: string | undefined;
	readonly only: RestoreScope;
	readonly flags: RestoreFlags;
};

export const noFlags: RestoreFlags = {newer: false, replaceSecrets: false, again: false, partial: false};

/** The words of a command line that ask for the same. */
export const wordsOf = ({only, flags}: RestoreOptions): readonly string[] => [
	...(only.kind === 'whole' ? [] : [`--${only.kind}`, only.name]),
	...(flags.newer ? ['--newer'] : []),
	...(flags.replaceSecrets ? ['--replace-secrets'] : []),
	...(flags.again ? ['--again'] : []),
	...(flags.partial ? ['--partial'] : []),
];

/** The command that goes on with a restore, with the backup by its id. */
export const restoreCommand = (options: RestoreOptions, backup: string): string =>
	['zenml-airgap restore', ...[backup, ...wordsOf(options)].map(shellWord)].join(' ');

/** The same restore as one that was refused, but for what mends it: to be copied. */
export const restoreWith = (
	options: RestoreOptions,
	backup: string,
	{only = options.only, flags}: {readonly only?: RestoreScope; readonly flags?: Partial<RestoreFlags>},
): string => restoreCommand({...options, only, flags: {...options.flags, ...flags}}, backup);

/** One component under the kind of scope that was asked for; the control plane is no workspace. */
export const scopeNamed = ({only}: RestoreOptions, name: string): RestoreScope =>
	only.kind === 'workspace' && name !== 'controlPlane' ? {kind: 'workspace', name} : {kind: 'database', name};
