import * as z from 'zod';
import {endLeftBehind, makeRecordFolder, recordOf} from './left-behind.ts';
import {maskerOf} from './mask.ts';
import {helmProblems} from './problems.ts';
import type {Invocation} from './program.ts';
import {history, labelOf, type ReleaseName, seconds} from './releases.ts';
import type {Session} from './session.ts';
import type {HelmPort, Release} from './types.ts';

/** @throws ProblemError `helm-revision-missing`, and `helm-release-missing` where there is no release at all */
const requireRevision = (revisions: readonly Release[], release: ReleaseName, revision: number): void => {
	const {name, namespace} = release;
	if (revisions.length === 0)
		throw helmProblems.error('helm-release-missing', {case: 'asked', what: `rollback of ${labelOf(release)}`});
	if (revisions.some((one) => one.revision === revision)) return;
	const kept = revisions.map((one) => one.revision).join(', ');
	const label = labelOf(release);
	throw helmProblems.error('helm-revision-missing', {revision, label, kept, namespace, release: name});
};

const metadataSchema = z.object({applyMethod: z.string().default('')});

/**
 * Helm 4 updates the objects of a revision as the Helm that made it did, and takes `--force-conflicts` only where that is server-side
 * apply; Helm 3 and client-side updates ask nobody.
 */
const forcing = async (session: Session, {args, what, signal}: Invocation): Promise<readonly string[]> => {
	const {forceConflicts} = await session.dialect(signal);
	if (forceConflicts.length === 0) return [];
	const read = metadataSchema.safeParse(await session.json({what, args: ['get', 'metadata', ...args], signal}));
	return read.success && read.data.applyMethod.startsWith('server-side') ? forceConflicts : [];
};

/**
 * Makes `rollback`. Helm rolls a release back out of every state, `pending-upgrade` and `failed` among them. Under Helm 4 fields that
 * others own are taken over, as Helm 3 does by itself: what comes back is that revision.
 */
export const createRollback =
	(session: Session, {home, graceMs}: {readonly home: string; readonly graceMs: number}): HelmPort['rollback'] =>
	async ({release: name, namespace, component, revision, timeoutMs, onLine, signal}) => {
		const release = {name, namespace};
		const record = recordOf(home, release);
		const {wait, update} = await session.dialect(signal);
		await makeRecordFolder(record);
		await endLeftBehind({record, label: labelOf(release), graceMs}, onLine, signal);
		requireRevision(await history(session, release, signal), release, revision);
		const at = session.at(namespace);
		const about = `revision ${revision} of ${labelOf(release)}`;
		const asked = [name, '--revision', String(revision), '--output', 'json', ...at];
		const values = await session.json({
			what: `reading the values of ${about}`,
			args: ['get', 'values', ...asked],
			signal,
		});
		const force = await forcing(session, {what: `reading how ${about} was applied`, args: asked, signal});
		const waiting = [...wait, '--wait-for-jobs', '--timeout', seconds(timeoutMs)];
		await session.run({
			what: `rollback of ${labelOf(release)} to revision ${revision}`,
			component,
			args: ['rollback', name, String(revision), ...waiting, ...update, ...force, ...at],
			mask: maskerOf(values),
			record,
			onLine,
			signal,
		});
		const newest = (await history(session, release, signal)).at(-1);
		if (newest) return newest;
		throw helmProblems.error('helm-release-missing', {case: 'vanished', release: name, namespace});
	};
