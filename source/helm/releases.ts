import {ProblemError} from '../base/problem.ts';
import {recoveryOf} from './recovery.ts';
import type {Session} from './session.ts';
import type {Release, ReleaseStatus} from './types.ts';

/** A release by where it is found. */
export type ReleaseName = {readonly name: string; readonly namespace: string};

/** A row of `helm history --output json`. */
type HistoryRow = {
	readonly revision: number;
	readonly updated: string;
	readonly status: ReleaseStatus;
	readonly chart: string;
	readonly app_version: string;
	readonly description: string;
};

/** Helm keeps ten revisions of a release unless it is told otherwise. */
const mostRevisions = '256';

const uninstallMs = 5 * 60_000;

/** A time as Helm takes it: whole seconds, at least one. */
export const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))}s`;

/** `release zenml in namespace zenml-workspace`. */
export const labelOf = ({name, namespace}: ReleaseName): string => `release ${name} in namespace ${namespace}`;

const isNoRelease = (error: unknown): boolean =>
	error instanceof ProblemError && error.problem.code === 'helm-release-missing';

const releaseOf = ({name, namespace}: ReleaseName, row: HistoryRow): Release => ({
	name,
	namespace,
	revision: row.revision,
	status: row.status,
	chart: row.chart,
	appVersion: row.app_version,
	updated: row.updated,
	description: row.description,
});

/** The revisions of a release, oldest first; none for a release that does not exist. */
export const history = async (
	{version, json, at}: Session,
	release: ReleaseName,
	signal: AbortSignal,
): Promise<readonly Release[]> => {
	await version(signal);
	const {name, namespace} = release;
	const args = ['history', name, '--max', mostRevisions, '--output', 'json', ...at(namespace)];
	try {
		const rows = await json({what: `reading the history of ${labelOf(release)}`, args, signal});
		return (rows as readonly HistoryRow[]).map((row) => releaseOf(release, row));
	} catch (error) {
		if (isNoRelease(error)) return [];
		throw error;
	}
};

type Change = {readonly release: ReleaseName; readonly onLine: (line: string) => void; readonly signal: AbortSignal};

/**
 * Makes the manifests of an earlier revision the current ones, without waiting for pods: the upgrade that follows does.
 */
const rollback = async ({dialect, run, at}: Session, {release, onLine, signal}: Change, revision: number) => {
	const {update} = await dialect(signal);
	await run({
		what: `rollback of ${labelOf(release)} to revision ${revision}`,
		args: ['rollback', release.name, String(revision), ...update, ...at(release.namespace)],
		signal,
		onLine,
	});
};

/** Waits until the objects are gone. A release that does not exist is no error. */
const uninstall = async ({dialect, run, at}: Session, {release, signal}: Change): Promise<void> => {
	const {wait} = await dialect(signal);
	const args = ['uninstall', release.name, ...wait, '--timeout', seconds(uninstallMs), ...at(release.namespace)];
	try {
		await run({what: `uninstall of ${labelOf(release)}`, args, signal});
	} catch (error) {
		if (!isNoRelease(error)) throw error;
	}
};

/** Mends what a killed run left, so that an upgrade can begin; says what it does. */
export const recover = async (session: Session, change: Change): Promise<void> => {
	const {release, onLine, signal} = change;
	const {name} = release;
	const recovery = recoveryOf(await history(session, release, signal));
	switch (recovery.action) {
		case 'uninstall':
			onLine(`Release ${name} is removed before it is installed anew: ${recovery.reason}.`);
			return uninstall(session, change);
		case 'rollback':
			onLine(`Release ${name} goes back to revision ${recovery.revision} before it is upgraded: ${recovery.reason}.`);
			return rollback(session, change, recovery.revision);
		default:
			return;
	}
};
