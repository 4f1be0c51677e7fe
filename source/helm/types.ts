import type {ComponentPath} from '../answers/component-path.ts';

/** States of a release, as Helm writes them. */
export const releaseStatuses = [
	'deployed',
	'failed',
	'pending-install',
	'pending-upgrade',
	'pending-rollback',
	'uninstalling',
	'uninstalled',
	'superseded',
	'unknown',
] as const;

export type ReleaseStatus = (typeof releaseStatuses)[number];

export type Release = {
	readonly name: string;
	readonly namespace: string;
	readonly revision: number;
	readonly status: ReleaseStatus;
	/** `zenml-0.73.0`. */
	readonly chart: string;
	readonly appVersion: string;
	readonly updated: string;
	readonly description: string;
};

/**
 * The helm program. Values go in on stdin and never touch a disk or an argument list. Errors: ProblemError area
 * `cluster`.
 */
export type HelmPort = {
	/** Which program this is, for people: `from the bundle`. @throws as `version` */
	readonly origin: (signal: AbortSignal) => Promise<string>;
	/** `3.18.0`; @throws ProblemError area `prerequisites` when the program is missing or older than 3.8. */
	readonly version: (signal: AbortSignal) => Promise<string>;
	/** Rendered manifests as one YAML stream, hooks included, without asking the cluster. */
	readonly template: (options: {
		readonly release: string;
		readonly namespace: string;
		readonly chart: string;
		readonly values: unknown;
		readonly kubeVersion?: string | undefined;
		/** Rendered anew, and not kept: for renderings that are compared with each other. */
		readonly fresh?: boolean | undefined;
		readonly signal: AbortSignal;
	}) => Promise<string>;
	/** The newest revision of a release, or undefined. */
	readonly release: (name: string, namespace: string, signal: AbortSignal) => Promise<Release | undefined>;
	/** All revisions of a release that Helm keeps, oldest first; none for a release that does not exist. */
	readonly history: (name: string, namespace: string, signal: AbortSignal) => Promise<readonly Release[]>;
	/**
	 * Ends the helm that an earlier run of this state folder left at work on a release when it was killed; `onLine` says so.
	 * @throws ProblemError `helm-busy` where it cannot be ended
	 */
	readonly endLeftBehind: (
		name: string,
		namespace: string,
		options: {readonly onLine: (line: string) => void; readonly signal: AbortSignal},
	) => Promise<void>;
	/** The values a release was installed with: the newest revision, also one that failed, or the one that is named. */
	readonly values: (name: string, namespace: string, signal: AbortSignal, revision?: number) => Promise<unknown>;
	/**
	 * The manifests that a release was rendered to, hooks left out, as one YAML stream; of the newest revision, also one that failed, or of
	 * the one that is named. They hold its Secrets.
	 */
	readonly manifest: (name: string, namespace: string, signal: AbortSignal, revision?: number) => Promise<string>;
	/**
	 * `helm upgrade --install --wait --wait-for-jobs`; lines of its output go to `onLine`. What a killed run left
	 * (`pending-*`, a failed first install, a half uninstall) is mended first, and `onLine` says so. A release that Helm
	 * cannot upgrade is removed only where `isIdle` says that nothing of it runs. @throws ProblemError `helm-busy`
	 */
	readonly upgrade: (options: {
		readonly release: string;
		readonly namespace: string;
		/** Whose release it is, so that a problem names the answers that may mend it. */
		readonly component: ComponentPath;
		readonly chart: string;
		readonly values: unknown;
		readonly timeoutMs: number;
		readonly description: string;
		/** Helm 4 only: take over fields that another field manager owns. By default a conflict is a problem. */
		readonly forceConflicts?: boolean | undefined;
		readonly isIdle: (signal: AbortSignal) => Promise<boolean>;
		readonly onLine: (line: string) => void;
		readonly signal: AbortSignal;
	}) => Promise<Release>;
	/**
	 * `helm rollback --wait --wait-for-jobs` to an earlier revision, whatever state the release is in; nothing of it is ever removed for
	 * that. The helm of a killed run is ended first. Of the chart's hooks Helm runs those for `rollback` alone: the migration of these
	 * charts is one for `install` and `upgrade`, so no database is migrated by it, neither up nor down.
	 * @returns the new revision, which is like the wanted one
	 * @throws ProblemError `helm-revision-missing` where Helm does not keep that revision any more
	 */
	readonly rollback: (options: {
		readonly release: string;
		readonly namespace: string;
		/** Whose release it is, so that a problem names the answers that may mend it. */
		readonly component: ComponentPath;
		readonly revision: number;
		readonly timeoutMs: number;
		readonly onLine: (line: string) => void;
		readonly signal: AbortSignal;
	}) => Promise<Release>;
};
