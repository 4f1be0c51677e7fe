import * as z from 'zod';
import {printable} from '../../base/printable.ts';
import {cutTo, oneLine, sentence} from '../../base/text.ts';
import type {KubeObject} from '../../cluster/types.ts';
import type {Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {managedBy} from '../shared/names.ts';
import {longTimeouts, type Step, type World} from '../world.ts';
import {followJob, lastLinesOf, resultIn, startJob} from './first-job.ts';
import {provedName, scheduleName, scheduleNamespace} from './names.ts';
import {fingerprintOf, scheduleObjects} from './wanted.ts';

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

const apply = async (world: World): Promise<void> => {
	const {cluster, signal, answers} = world;
	const namespace = scheduleNamespace(answers);
	const schedule = fingerprintOf(await scheduleObjects(world));
	const place = {namespace, name: `${scheduleName}-first-${schedule.slice(0, 8)}`};
	const cronJob = await cluster.get({apiVersion: 'batch/v1', kind: 'CronJob', namespace, name: scheduleName}, signal);
	// Somebody took it away after the step before: the look that follows finds nothing proved, and says so.
	if (!cronJob) return;
	await startJob(world, firstJob(cronJob, place.name), place);
	await followJob(world, place);
	const lines = await lastLinesOf(world, place);
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
