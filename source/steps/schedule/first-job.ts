import * as z from 'zod';
import {printable} from '../../base/printable.ts';
import {ProblemError, toProblem} from '../../base/problem.ts';
import {cutTo} from '../../base/text.ts';
import type {KubeObject, PodView} from '../../cluster/types.ts';
import {namingToolsImage} from '../backup/tools-image.ts';
import type {World} from '../world.ts';

const pollMs = 1000;
/** A pod that does not start for so long is looked into, ms. */
const patienceMs = 60_000;
const lastLines = 20;

/** Where the Job is. */
export type JobPlace = {readonly namespace: string; readonly name: string};

const conditions = z.object({conditions: z.array(z.object({type: z.string(), status: z.string()})).default([])});

const hasEnded = (job: KubeObject | undefined, type: 'Complete' | 'Failed'): boolean =>
	(conditions.safeParse(job?.status).data?.conditions ?? []).some((one) => one.type === type && one.status === 'True');

const jobAt = (place: JobPlace) => ({apiVersion: 'batch/v1', kind: 'Job', ...place});

/** A Job that failed is tried once more: it has a pod of each try, and the API server tells them by name, not by age. */
const podsOf = ({cluster, signal}: World, {namespace, name}: JobPlace): Promise<readonly PodView[]> =>
	cluster.pods(namespace, `job-name=${name}`, signal);

const isWaiting = ({phase}: PodView): boolean => phase === 'Pending';

/** Tells the log of a pod; it may break off, and is read again at the next look. */
const tellLog = async (world: World, {namespace, name}: PodView, told: Set<string>): Promise<void> => {
	const tell = (line: string): void => {
		const key = `${name} ${line}`;
		if (told.has(key)) return;
		told.add(key);
		world.report({kind: 'line', level: 'info', text: printable(cutTo(line, 300)), record: true});
	};
	try {
		await world.cluster.followLog({namespace, name}, tell, world.signal);
	} catch (error) {
		world.signal.throwIfAborted();
		world.report({kind: 'line', level: 'debug', text: toProblem(error).message});
	}
};

/** @throws ProblemError what keeps a pod from starting */
const lookInto = async (world: World, {namespace, name}: JobPlace, waiting: readonly PodView[]): Promise<void> => {
	const only = waiting.length > 0 ? new Set(waiting.map((pod) => pod.name)) : undefined;
	const problem = await world.cluster.diagnose(
		{namespace, labelSelector: `job-name=${name}`, component: 'controlPlane', only},
		world.signal,
	);
	if (problem) throw new ProblemError(namingToolsImage(world.answers, problem));
};

/** Tells what the pods of a Job say, until it ends either way. @throws ProblemError what keeps a pod from starting */
export const followJob = async (world: World, place: JobPlace): Promise<void> => {
	const {cluster, clock, signal} = world;
	const told = new Set<string>();
	let waitsSince = clock.now();
	for (;;) {
		// The Job before its pods: where it has ended, their logs are whole.
		const job = await cluster.get(jobAt(place), signal);
		const pods = await podsOf(world, place);
		for (const pod of pods) if (!isWaiting(pod)) await tellLog(world, pod, told);
		if (hasEnded(job, 'Complete') || hasEnded(job, 'Failed')) return;
		const waiting = pods.filter(isWaiting);
		if (pods.length > 0 && waiting.length === 0) waitsSince = clock.now();
		else if (clock.now() - waitsSince > patienceMs) await lookInto(world, place, waiting);
		world.report({kind: 'waiting', reason: waiting[0]?.reason ?? `Job ${place.namespace}/${place.name}`});
		await clock.sleep(pollMs, signal);
	}
};

/** The last lines of each pod of a Job. One whose log cannot be read says so in a line; the log of another may hold the result. */
export const lastLinesOf = async (world: World, place: JobPlace): Promise<readonly string[]> => {
	const {cluster, signal} = world;
	const lines: string[] = [];
	for (const {namespace, name} of (await podsOf(world, place)).filter((pod) => !isWaiting(pod))) {
		try {
			lines.push(...(await cluster.logs({namespace, name}, {tailLines: lastLines, signal})));
		} catch (error) {
			signal.throwIfAborted();
			lines.push(`the log of pod ${name} could not be read: ${toProblem(error).message}`);
		}
	}
	return lines;
};

const result = z.object({id: z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/u), parts: z.int().min(1)});

/** What the script says of the backup that it made; undefined where no line says it. */
export const resultIn = (lines: readonly string[]): z.infer<typeof result> | undefined => {
	for (const line of lines.toReversed()) {
		try {
			const {data} = result.safeParse(JSON.parse(line));
			if (data) return data;
		} catch {
			// A line of the script's own words.
		}
	}
	return undefined;
};

/**
 * Makes a Job. One that runs is gone on with; one that failed, or whose result nobody can read any more, is made anew.
 * @param job as it is to be
 */
export const startJob = async (world: World, job: KubeObject, place: JobPlace): Promise<void> => {
	const {cluster, clock, signal} = world;
	const live = await cluster.get(jobAt(place), signal);
	const isLost = async () => hasEnded(live, 'Complete') && !resultIn(await lastLinesOf(world, place));
	if (hasEnded(live, 'Failed') || (await isLost())) {
		await cluster.delete(jobAt(place), signal);
		while (await cluster.get(jobAt(place), signal)) await clock.sleep(pollMs, signal);
	}
	await cluster.create(job, signal);
};
