import {databaseServerOf} from '../../../answers/database-server.ts';
import {type Problem, toProblem} from '../../../base/problem.ts';
import type {PodView, ReadCrash} from '../../../cluster/types.ts';
import {lastWordsIn} from '../../../zenml/last-words.ts';
import type {World} from '../../world.ts';
import {createJobLogs} from './job-logs.ts';
import {createPatience} from './patience.ts';
import {goneRow, podRow} from './pods.ts';
import {selectorOf, type WantedRelease} from './wanted.ts';

/** How often the patience with the pods is looked at, ms. */
const lookEveryMs = 1000;

/** A release, as far as its pods are looked at. */
type Watched = Pick<WantedRelease, 'namespace' | 'name' | 'component'>;

/** Why the rollout does not get ready, as the cluster and the servers' last words tell it; undefined while they tell nothing. */
export const diagnoseRollout = async (
	{answers, cluster, signal}: World,
	{namespace, name, component}: Watched,
): Promise<Problem | undefined> => {
	const server = databaseServerOf(answers, component).from;
	const readCrash: ReadCrash = (log, speaker) => lastWordsIn(log, {...speaker, component, server})?.problem;
	return cluster.diagnose({namespace, labelSelector: selectorOf(name), component, readCrash}, signal);
};

/**
 * The cause for which these pods ended, where the next start must end the same way; undefined where waiting may help. What else is
 * wrong with the rollout is not told.
 */
const finalCause = async (
	{answers, cluster, signal}: World,
	{namespace, name, component}: Watched,
	only: ReadonlySet<string>,
): Promise<Problem | undefined> => {
	let final = false;
	const server = databaseServerOf(answers, component).from;
	const readCrash: ReadCrash = (log, speaker) => {
		const said = lastWordsIn(log, {...speaker, component, server});
		final = said?.final === true;
		return final ? said?.problem : undefined;
	};
	const found = await cluster.diagnose(
		{namespace, labelSelector: selectorOf(name), component, only, readCrash},
		signal,
	);
	return final || found?.code === 'pod-out-of-memory' ? found : undefined;
};

/** Tells the row of each pod that has changed, and of each that is not there any more. */
const createRows = ({report}: World): ((pods: readonly PodView[]) => void) => {
	const told = new Map<string, {readonly pod: PodView; readonly text: string}>();
	return (pods) => {
		const names = new Set(pods.map(({name}) => name));
		for (const {pod} of [...told.values()].filter((one) => !names.has(one.pod.name))) {
			told.delete(pod.name);
			report(goneRow(pod));
		}
		for (const pod of pods) {
			const text = JSON.stringify(pod);
			if (told.get(pod.name)?.text !== text) report(podRow(pod));
			told.set(pod.name, {pod, text});
		}
	};
};

/** Names the pods that have ended since they were asked for last. One of an earlier try says nothing of this one. */
const createCrashed = (earlier: ReadonlySet<string>): ((pods: readonly PodView[]) => ReadonlySet<string>) => {
	const asked = new Set<string>();
	return (pods) => {
		const ended = pods.filter(
			({name, ready, phase, restarts}) =>
				!ready && !earlier.has(name) && !asked.has(`${name} ${restarts}`) && (restarts > 0 || phase === 'Failed'),
		);
		for (const {name, restarts} of ended) asked.add(`${name} ${restarts}`);
		return new Set(ended.map(({name}) => name));
	};
};

const causeOf = async (world: World, wanted: Watched, pods: ReadonlySet<string>): Promise<Problem | undefined> =>
	pods.size === 0 ? undefined : finalCause(world, wanted, pods);

/**
 * Watches the pods of a rollout. Resolves with the cause once one has been stuck for too long, and with undefined when the signal ends it.
 * @param earlier names of the pods that were there before the rollout began
 * @throws what ends the watch
 */
export const watchRollout = async (
	world: World,
	wanted: Watched,
	earlier: ReadonlySet<string>,
): Promise<Problem | undefined> => {
	const {cluster, clock, signal, report} = world;
	const patience = createPatience(clock, earlier);
	const tellRows = createRows(world);
	const tellLogs = createJobLogs(world, earlier);
	let pods: readonly PodView[] = [];
	const see = (now: readonly PodView[]): void => {
		pods = now;
		tellRows(now);
		tellLogs(now);
		patience.see(now);
	};
	const crashed = createCrashed(earlier);
	const lookForCause = async (): Promise<Problem> => {
		for (;;) {
			await clock.sleep(lookEveryMs, signal);
			try {
				const cause = patience.isOver(pods)
					? await diagnoseRollout(world, wanted)
					: await causeOf(world, wanted, crashed(pods));
				if (cause) return cause;
			} catch (error) {
				signal.throwIfAborted();
				// The rollout itself still decides; the next look asks again.
				report({kind: 'line', level: 'debug', text: toProblem(error).message});
			}
		}
	};
	const watching = cluster.watchPods(wanted.namespace, selectorOf(wanted.name), see, signal);
	try {
		return await Promise.race([lookForCause(), watching.then(() => undefined)]);
	} catch (error) {
		if (signal.aborted) return undefined;
		throw error;
	}
};
