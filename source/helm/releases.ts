import * as z from 'zod';
import {ProblemError} from '../base/problem.ts';
import {helmProblems} from './problems.ts';
import {recoveryOf} from './recovery.ts';
import type {Session} from './session.ts';
import {type Release, releaseStatuses} from './types.ts';

/** A release by where it is found. */
export type ReleaseName = {readonly name: string; readonly namespace: string};

/** A row of `helm history --output json`; a state that a Helm of the future knows counts as `unknown`. */
const rowSchema = z.object({
	revision: z.int(),
	updated: z.string().default(''),
	status: z.enum(releaseStatuses).catch('unknown'),
	chart: z.string(),
	app_version: z.string().default(''),
	description: z.string().default(''),
});
type HistoryRow = z.infer<typeof rowSchema>;

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
	const what = `reading the history of ${labelOf(release)}`;
	try {
		const rows = z.array(rowSchema).safeParse(await json({what, args, signal}));
		if (rows.success) return rows.data.map((row) => releaseOf(release, row));
		throw helmProblems.error('helm-unreadable-answer', {case: 'other shape', what}, {error: rows.error});
	} catch (error) {
		if (isNoRelease(error)) return [];
		throw error;
	}
};

/** A release that is about to be changed. */
export type Change = {
	readonly release: ReleaseName;
	/** True when nothing of it runs: only then may it be removed. */
	readonly isIdle: (signal: AbortSignal) => Promise<boolean>;
	readonly record: string;
	readonly onLine: (line: string) => void;
	readonly signal: AbortSignal;
};

/**
 * Makes the manifests of an earlier revision the current ones, without waiting for pods: the upgrade that follows does.
 */
const rollback = async ({dialect, run, at}: Session, {release, record, onLine, signal}: Change, revision: number) => {
	const {update} = await dialect(signal);
	await run({
		what: `rollback of ${labelOf(release)} to revision ${revision}`,
		args: ['rollback', release.name, String(revision), ...update, ...at(release.namespace)],
		record,
		signal,
		onLine,
	});
};

/** Waits until the objects are gone. A release that does not exist is no error. */
const uninstall = async ({dialect, run, at}: Session, {release, record, signal}: Change): Promise<void> => {
	const {wait} = await dialect(signal);
	const args = ['uninstall', release.name, ...wait, '--timeout', seconds(uninstallMs), ...at(release.namespace)];
	try {
		await run({what: `uninstall of ${labelOf(release)}`, args, record, signal});
	} catch (error) {
		if (!isNoRelease(error)) throw error;
	}
};

/**
 * Removes what never worked. What runs is not removed, whatever Helm calls it: an install that a killed run left can have come
 * to its end and be in use. Helm upgrades a release that only failed, and no other.
 */
const removeIdle = async (session: Session, change: Change, {status}: Release, reason: string): Promise<void> => {
	const {release, isIdle, onLine, signal} = change;
	const {name, namespace} = release;
	if (await isIdle(signal)) {
		onLine(`Release ${name} is removed before it is installed anew: ${reason}.`);
		return uninstall(session, change);
	}
	if (status !== 'failed')
		throw helmProblems.error('helm-busy', {
			case: 'in use',
			label: labelOf(release),
			status,
			namespace,
			release: name,
		});
	onLine(`Release ${name} is upgraded over its first install, which Helm calls failed: pods of it run.`);
};

/** Mends what a killed run left, so that an upgrade can begin; says what it does. @throws ProblemError `helm-busy` */
export const recover = async (session: Session, change: Change): Promise<void> => {
	const {release, onLine, signal} = change;
	const {name} = release;
	const revisions = await history(session, release, signal);
	const newest = revisions.at(-1);
	const recovery = recoveryOf(revisions);
	if (recovery.action === 'none' || !newest) return;
	if (recovery.action === 'uninstall') return removeIdle(session, change, newest, recovery.reason);
	onLine(`Release ${name} goes back to revision ${recovery.revision} before it is upgraded: ${recovery.reason}.`);
	return rollback(session, change, recovery.revision);
};
