import {setTimeout as sleep} from 'node:timers/promises';
import * as z from 'zod';
import {printable} from '../../base/printable.ts';
import {ProblemError, toProblem} from '../../base/problem.ts';
import {cutTo, oneLine, sentence} from '../../base/text.ts';
import type {KubeObject} from '../../cluster/types.ts';
import type {Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {managedBy} from '../shared/names.ts';
import {longTimeouts, type Step, type World} from '../world.ts';
import {provedName, scheduleName, scheduleNamespace} from './names.ts';
import {fingerprintOf, scheduleObjects} from './wanted.ts';

const pollMs = 1000;
/** A pod that does not start for so long is looked into, ms. */
const patienceMs = 60_000;
const lastLines = 20;

const result = z.object({id: z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/u), parts: z.int().min(1)});

const conditions = z.object({conditions: z.array(z.object({type: z.string(), status: z.string()})).default([])});

const hasEnded = (job: KubeObject | undefined, type: 'Complete' | 'Failed'): boolean =>
	(conditions.safeParse(job?.status).data?.conditions ?? []).some((one) => one.type === type && one.status === 'True');

const noteReference = ({answers}: World) => ({
	...{apiVersion: 'v1', kind: 'ConfigMap', name: provedName, namespace: scheduleNamespace(answers)},
});

const note = z.object({schedule: z.string(), backup: z.string()});

const check = async (world: World): Promise<Finding> => {
	const live = await world.cluster.get(noteReference(world), world.signal);
	const proved = note.safeParse(live?.data).data;
	if (proved?.schedule === fingerprintOf(await scheduleObjects(world)))
		return {status: 'ok', note: `backup ${proved.backup} was made by it`};
	return {
		status: 'todo',
		changes: [{action: 'run', target: `a first Job of CronJob ${scheduleName}`, detail: 'followed to its end'}],
	};
};

/** As `kubectl create job --from=cronjob/…` makes it, so that the CronJob counts it as its own. */
const firstJob = (cronJob: KubeObject, name: string): KubeObject => {
	const {jobTemplate} = cronJob.spec as {readonly jobTemplate: {readonly metadata?: object; readonly spec: object}};
	const owner = {
		...{apiVersion: 'batch/v1', kind: 'CronJob', controller: true},
		name: scheduleName,
		uid: cronJob.metadata.uid,
	};
	return {
		apiVersion: 'batch/v1',
		kind: 'Job',
		metadata: {
			...(jobTemplate.metadata as object),
			...{name, namespace: cronJob.metadata.namespace},
			annotations: {'cronjob.kubernetes.io/instantiate': 'manual'},
			ownerReferences: [owner],
		},
		spec: jobTemplate.spec,
	} as unknown as KubeObject;
};

type Place = {readonly namespace: string; readonly name: string};

const podOf = async ({cluster, signal}: World, {namespace, name}: Place) =>
	(await cluster.pods(namespace, `job-name=${name}`, signal)).at(-1);

/** Tells the log while the pod runs; it may break off, and is read again at the end. */
const follow = async (world: World, place: Place): Promise<void> => {
	const told = new Set<string>();
	const tell = (line: string): void => {
		if (told.has(line)) return;
		told.add(line);
		world.report({kind: 'line', level: 'info', text: printable(cutTo(line, 300)), record: true});
	};
	const since = Date.now();
	for (;;) {
		const job = await world.cluster.get({apiVersion: 'batch/v1', kind: 'Job', ...place}, world.signal);
		const pod = await podOf(world, place);
		const runs = pod !== undefined && pod.phase !== 'Pending';
		if (runs)
			await world.cluster
				.followLog({namespace: place.namespace, name: pod.name}, tell, world.signal)
				.catch((error: unknown) => {
					world.signal.throwIfAborted();
					world.report({kind: 'line', level: 'debug', text: toProblem(error).message});
				});
		if (hasEnded(job, 'Complete') || hasEnded(job, 'Failed')) return;
		if (!runs && Date.now() - since > patienceMs) {
			const rollout = {
				namespace: place.namespace,
				labelSelector: `job-name=${place.name}`,
				component: 'controlPlane',
			} as const;
			const problem = await world.cluster.diagnose(rollout, world.signal);
			if (problem) throw new ProblemError(problem);
		}
		world.report({kind: 'waiting', reason: pod?.reason ?? `Job ${place.namespace}/${place.name}`});
		await sleep(pollMs, undefined, {signal: world.signal});
	}
};

const linesOf = async (world: World, place: Place): Promise<readonly string[]> => {
	const pod = await podOf(world, place);
	if (!pod) return [];
	return world.cluster.logs({namespace: place.namespace, name: pod.name}, {tailLines: lastLines, signal: world.signal});
};

const resultIn = (lines: readonly string[]): z.infer<typeof result> | undefined => {
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

/** A Job that failed before is made anew; one that runs is gone on with. */
const startJob = async ({cluster, signal}: World, cronJob: KubeObject, place: Place): Promise<void> => {
	const reference = {apiVersion: 'batch/v1', kind: 'Job', ...place};
	if (hasEnded(await cluster.get(reference, signal), 'Failed')) {
		await cluster.delete(reference, signal);
		while (await cluster.get(reference, signal)) await sleep(pollMs, undefined, {signal});
	}
	await cluster.create(firstJob(cronJob, place.name), signal);
};

const apply = async (world: World): Promise<void> => {
	const {cluster, signal, answers} = world;
	const namespace = scheduleNamespace(answers);
	const schedule = fingerprintOf(await scheduleObjects(world));
	const place = {namespace, name: `${scheduleName}-first-${schedule.slice(0, 8)}`};
	const cronJob = await cluster.get({apiVersion: 'batch/v1', kind: 'CronJob', namespace, name: scheduleName}, signal);
	if (!cronJob) return;
	await startJob(world, cronJob, place);
	await follow(world, place);
	const lines = await linesOf(world, place);
	const made = resultIn(lines);
	if (!made) {
		const words = lines.findLast((line) => line.includes('FAILED')) ?? lines.at(-1) ?? 'nothing';
		const facts = {words: sentence(printable(cutTo(oneLine(words), 300))), namespace, job: place.name};
		throw stepProblems.error('schedule-run-failed', facts, {evidence: lines});
	}
	const metadata = {name: provedName, namespace, labels: managedBy};
	const data = {schedule, backup: made.id};
	await cluster.apply({apiVersion: 'v1', kind: 'ConfigMap', metadata, data}, {signal});
};

/** A schedule that never ran proves nothing: its first backup is made now and followed to its end. */
export const scheduleProvedStep: Step = {
	id: 'schedule-proved',
	title: 'First scheduled backup',
	why: 'Whether the cluster can make a backup by itself shows only when it makes one.',
	area: 'cluster',
	inputs: ({backup, controlPlane, workspaces, database}) => ({backup, controlPlane, workspaces, database}),
	timeouts: longTimeouts,
	check,
	apply,
};
