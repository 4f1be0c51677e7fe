import * as z from 'zod';
import type {KubeObject} from '../../../cluster/types.ts';
import {packRevision, unpackRevision} from '../../../helm/index.ts';
import type {Release, ReleaseStatus} from '../../../helm/types.ts';
import type {World} from '../../world.ts';
import {labelOf, type WantedRelease} from './wanted.ts';

/** States that only a Helm at work leaves by itself; Helm does not upgrade a release that is in one. */
const underWay: ReadonlySet<ReleaseStatus> = new Set([
	'pending-install',
	'pending-upgrade',
	'pending-rollback',
	'uninstalling',
]);

/** What Helm keeps of a revision, as far as it is read here. The rest is handed on as it is. */
const storedSchema = z.looseObject({info: z.looseObject({status: z.string()})});

/** The Secret with its revision marked as failed, as Helm does it itself when it is stopped; undefined for another shape. */
const asFailed = async (secret: KubeObject): Promise<KubeObject | undefined> => {
	try {
		const data = z.record(z.string(), z.string()).parse(secret.data);
		const stored = storedSchema.parse(await unpackRevision(data.release ?? ''));
		const description = `it was ${stored.info.status} when the run that began it was killed`;
		const info = {...stored.info, status: 'failed', description};
		const {metadata} = secret;
		return {
			...secret,
			metadata: {...metadata, labels: {...metadata.labels, status: 'failed'}},
			data: {...data, release: await packRevision({...stored, info})},
		};
	} catch {
		return undefined;
	}
};

/** Marks one revision. False where it is kept elsewhere, or in a shape of a Helm of the future. */
const markFailed = async ({cluster, signal}: World, {name, namespace, revision}: Release): Promise<boolean> => {
	const reference = {apiVersion: 'v1', kind: 'Secret', namespace, name: `sh.helm.release.v1.${name}.v${revision}`};
	const secret = await cluster.get(reference, signal);
	const failed = secret && (await asFailed(secret));
	return failed !== undefined && (await cluster.replace(failed, signal)) !== undefined;
};

/**
 * Makes a release that a killed run left in the middle of a change one that Helm upgrades: its newest revision counts as failed.
 * Nothing that runs is touched, and nothing of an earlier version is started again over databases that a later one may have
 * migrated. No Helm is at work on it: that of an earlier run here is ended first, and one elsewhere would hold the Lease.
 */
export const repairRelease = async (world: World, wanted: WantedRelease): Promise<void> => {
	const {helm, report, signal} = world;
	const {name, namespace} = wanted;
	const tell = (text: string): void => report({kind: 'line', level: 'info', text});
	await helm.endLeftBehind(name, namespace, {onLine: tell, signal});
	const newest = await helm.release(name, namespace, signal);
	if (!newest || !underWay.has(newest.status) || !(await markFailed(world, newest))) return;
	tell(
		`${labelOf(wanted)}: revision ${newest.revision} was left ${newest.status} by a run that was killed; it counts as failed`,
	);
};
