import {type ProblemCode, ProblemError, toProblem} from '../../../base/problem.ts';
import type {Release} from '../../../helm/types.ts';
import {helmLines} from '../../helm-lines.ts';
import type {World} from '../../world.ts';
import {noteApplied} from '../applied/record.ts';
import {refuseUnfinishedRestore} from '../marks/restore-mark.ts';
import {auditRelease} from './audit.ts';
import {refuseUnfinishedBack} from './back-mark.ts';
import {isIdle, livePods} from './pods.ts';
import {repairRelease} from './repair.ts';
import {diagnoseRollout, watchRollout} from './rollout.ts';
import {watchSchema} from './schema-change.ts';
import {startServers} from './servers.ts';
import {labelOf, type WantedRelease} from './wanted.ts';

/** Helm's refusals that come while it waits for what it made: pods, events and Jobs know more of the cause than Helm does. */
const waits: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
	'helm-timeout',
	'helm-hook-failed',
	'helm-job-failed',
	'helm-quota',
	'helm-admission-denied',
	'helm-failed',
]);

/** A release, as far as Helm and its watch need it. */
type Rolled = Pick<WantedRelease, 'component' | 'name' | 'namespace' | 'chart' | 'values'>;

const upgradeTo = async (world: World, wanted: Rolled): Promise<Release> => {
	const {helm, answers, report, signal} = world;
	const timeoutMs = answers.helm.timeoutMinutes * 60_000;
	report({kind: 'waiting', reason: `the rollout of ${labelOf(wanted)}`, timeoutMs});
	return helm.upgrade({
		release: wanted.name,
		namespace: wanted.namespace,
		component: wanted.component,
		chart: wanted.chart.path,
		values: wanted.values,
		timeoutMs,
		description: `zenml-airgap ${wanted.chart.version}`,
		isIdle: () => isIdle(world, wanted),
		onLine: helmLines(world),
		signal,
	});
};

/** What ended a rollout: what the cluster tells of it where that is known, with Helm's own words below. */
const explained = async (world: World, wanted: Rolled, error: unknown): Promise<unknown> => {
	const {code, evidence = []} = toProblem(error);
	if (!waits.has(code)) return error;
	const cause = await diagnoseRollout(world, wanted);
	if (!cause) return error;
	return new ProblemError({...cause, evidence: [...(cause.evidence ?? []), ...evidence]}, {cause: error});
};

/**
 * Has Helm install or upgrade a release and waits for its rollout; one that cannot succeed ends early, with the cause.
 * @param how `earlier`: names of the pods that are there before; `tell`: heard when it is over, however it ended
 * @throws what Helm or the cluster refuse
 */
export const rollOut = async (
	world: World,
	wanted: Rolled,
	{earlier, tell = async () => undefined}: {readonly earlier: ReadonlySet<string>; readonly tell?: () => Promise<void>},
): Promise<void> => {
	const end = new AbortController();
	const within = {...world, signal: AbortSignal.any([world.signal, end.signal])};
	const upgrade = upgradeTo(within, wanted);
	const stuck = watchRollout(within, wanted, earlier).then((cause) => {
		if (cause) throw new ProblemError(cause);
		return upgrade;
	});
	try {
		const {revision, status} = await Promise.race([upgrade, stuck]);
		world.report({kind: 'line', level: 'info', text: `${labelOf(wanted)}: revision ${revision} ${status}`});
		await tell();
	} catch (error) {
		world.signal.throwIfAborted();
		end.abort();
		// Helm closes its release as failed before it ends; the next try must find it so.
		await upgrade.catch(() => undefined);
		// What a migration that failed has left is half of the diagnosis.
		await tell();
		throw await explained(world, wanted, error);
	} finally {
		end.abort();
	}
};

/**
 * Installs or upgrades the release and waits for its rollout; a rollout that cannot succeed ends early, with the cause.
 * @throws ProblemError what the charts, Helm or the cluster refuse
 */
export const applyRelease = async (world: World, wanted: WantedRelease): Promise<void> => {
	await refuseUnfinishedBack(world, wanted);
	await refuseUnfinishedRestore(world, wanted);
	const {problems} = await auditRelease(world, wanted);
	if (problems[0]) throw new ProblemError(problems[0]);
	await repairRelease(world, wanted);
	const noteArrived = await noteApplied(world, wanted);
	const earlier = new Set((await livePods(world, wanted)).map(({name}) => name));
	await rollOut(world, wanted, {earlier, tell: await watchSchema(world, wanted)});
	await noteArrived();
	// A way back that ended before its restore may have stopped them, and an autoscaler does not start what has none.
	await startServers(world, wanted);
};
