import {expect, test} from 'vitest';
import type {ClusterPort, KubeObject, PodView} from '../../../source/cluster/types.ts';
import {scheduleProvedStep} from '../../../source/steps/schedule/proved.ts';
import {podOf, refusal} from '../parts.ts';
import {changesOf, code, linesOf, look, refusalOf, worldOf} from '../world.ts';
import {scheduledSite} from './site.ts';

const id = '20260201T021500Z-0a1b2c';
const whole = `{"id":"${id}","parts":4}`;

/** How the Job is at one look, and the pods that it has then. */
type Moment = {readonly ended?: 'Complete' | 'Failed'; readonly pods?: readonly PodView[]};

const pod = (name: string, phase: string, more: Partial<PodView> = {}): PodView => podOf(name, {phase, ...more});

type Play = {
	/** The Job at each look that follows it; the last one stays. */
	readonly moments: readonly Moment[];
	/** Lines of each pod; an error where its log cannot be read. */
	readonly logs?: Readonly<Record<string, readonly string[] | Error>>;
	/** The Job of an earlier run, as it is found. */
	readonly before?: Moment;
	readonly diagnose?: ClusterPort['diagnose'];
};

/** A site whose cluster runs the first Job as told. */
const siteThatPlays = async ({moments, logs = {}, before, diagnose}: Play) => {
	const site = await scheduledSite();
	const {cluster} = site.world;
	const done: string[] = [];
	const made: KubeObject[] = [];
	let isThere = before !== undefined;
	let now: Moment = {};
	const queue = before ? [before, ...moments] : [];
	const log = (name: string): readonly string[] => {
		const lines = logs[name] ?? [];
		if (lines instanceof Error) throw lines;
		return lines;
	};
	const world = worldOf({
		...site.world,
		cluster: {
			...cluster,
			...(diagnose && {diagnose}),
			get: async (reference, signal) => {
				if (reference.kind !== 'Job') return cluster.get(reference, signal);
				if (!isThere) return undefined;
				now = queue.shift() ?? now;
				const status = now.ended ? {conditions: [{type: now.ended, status: 'True'}]} : {};
				const {apiVersion, kind, name, namespace} = reference;
				return {apiVersion, kind, metadata: {name, ...(namespace && {namespace})}, status};
			},
			create: async (object) => {
				if (isThere) return undefined;
				isThere = true;
				queue.splice(0, queue.length, ...moments);
				made.push(object);
				done.push('create');
				return object;
			},
			delete: async ({kind}) => {
				isThere = false;
				done.push(`delete ${kind}`);
			},
			pods: async () => now.pods ?? [],
			followLog: async ({name}, tell) => {
				done.push(`follow ${name}`);
				log(name).forEach(tell);
			},
			logs: async ({name}) => log(name),
		},
	});
	return {...site, world, done, made};
};

const prove = async (play: Play) => {
	const site = await siteThatPlays(play);
	await scheduleProvedStep.apply?.(site.world);
	return site;
};

const ran: Play = {
	moments: [{}, {pods: [pod('a', 'Running')]}, {ended: 'Complete', pods: [pod('a', 'Succeeded')]}],
	logs: {a: ['backup begins', 'backup begins', whole]},
};

test('a first Job is made as the CronJob would make it, told line by line, and noted', async () => {
	const {world, made, all, done} = await siteThatPlays(ran);
	expect(changesOf(await look(scheduleProvedStep, world))).toEqual([
		'run a first Job of CronJob zenml-backup (followed to its end)',
	]);
	await scheduleProvedStep.apply?.(world);
	const cronJob = all.get('CronJob zenml-pro/zenml-backup');
	expect(made).toMatchObject([
		{
			metadata: {
				name: expect.stringMatching(/^zenml-backup-first-[0-9a-f]{8}$/u),
				...{namespace: 'zenml-pro', labels: {'app.kubernetes.io/name': 'zenml-backup'}},
				annotations: {'cronjob.kubernetes.io/instantiate': 'manual'},
				ownerReferences: [{kind: 'CronJob', name: 'zenml-backup', controller: true, uid: cronJob?.metadata.uid}],
			},
			spec: {backoffLimit: 1},
		},
	]);
	expect(done).toEqual(['create', 'follow a', 'follow a']);
	expect(linesOf(world.told).filter((line) => !/^info (?:secret|\w+ zenml-pro)/u.test(line))).toEqual([
		'info backup begins',
		`info ${whole}`,
	]);
	expect(all.get('ConfigMap zenml-pro/zenml-backup-proved')?.data).toMatchObject({backup: id});
	expect(await look(scheduleProvedStep, world)).toEqual({status: 'ok', note: `backup ${id} was made by it`});
});

test('a schedule that was changed since is proved again', async () => {
	const {world, all} = await prove(ran);
	const answers = {...world.answers, backup: {...world.answers.backup, recipients: 'age1other'}};
	expect(await look(scheduleProvedStep, {...world, answers})).toMatchObject({status: 'todo'});
	const proved = all.get('ConfigMap zenml-pro/zenml-backup-proved') as KubeObject;
	all.set('ConfigMap zenml-pro/zenml-backup-proved', {...proved, data: {of: 'somebody'}});
	expect(await look(scheduleProvedStep, world)).toMatchObject({status: 'todo'});
});

test('a Job that runs is gone on with, and one that failed is made anew', async () => {
	const running = await prove({...ran, before: {pods: [pod('a', 'Running')]}});
	expect(running.done).toEqual(['follow a', 'follow a']);
	const failed = await prove({...ran, before: {ended: 'Failed'}});
	expect(failed.done).toEqual(['delete Job', 'create', 'follow a', 'follow a']);
});

test('a Job that ended well serves while its result can be read, and is made anew when it cannot', async () => {
	const ended = {ended: 'Complete', pods: [pod('a', 'Succeeded')]} as const;
	const well = await prove({before: ended, moments: [ended], logs: {a: [whole]}});
	expect(well.done).toEqual(['follow a']);
	const gone = await prove({...ran, before: {ended: 'Complete'}});
	expect(gone.done).toEqual(['delete Job', 'create', 'follow a', 'follow a']);
	expect(gone.all.get('ConfigMap zenml-pro/zenml-backup-proved')?.data).toMatchObject({backup: id});
});

test.each([
	['first', ['a', 'b']],
	['last', ['b', 'a']],
])('a second try of the Job counts, also where its pod is the %s by name', async (_which, [good = '', bad = '']) => {
	const byName = (...pods: readonly PodView[]) => pods.toSorted((one, other) => one.name.localeCompare(other.name));
	const {done, world, all} = await prove({
		moments: [
			{pods: [pod(bad, 'Failed')]},
			{pods: byName(pod(bad, 'Failed'), pod(good, 'Pending'))},
			{ended: 'Complete', pods: byName(pod(bad, 'Failed'), pod(good, 'Succeeded'))},
		],
		logs: {[bad]: ['backup begins', 'FAILED: the server went away'], [good]: ['backup begins', whole]},
	});
	expect(done).toContain(`follow ${good}`);
	expect(linesOf(world.told).filter((line) => line === 'info backup begins')).toHaveLength(2);
	expect(all.get('ConfigMap zenml-pro/zenml-backup-proved')?.data).toMatchObject({backup: id});
});

test('a log that breaks off is a word for the record, and is read to its end where it can be', async () => {
	const broken = {moments: ran.moments, logs: {a: refusal('kubernetes-unreachable', 'The server is gone.')}};
	const site = await siteThatPlays(broken);
	expect(await refusalOf(Promise.resolve(scheduleProvedStep.apply?.(site.world)))).toMatchObject({
		code: code('schedule-run-failed'),
		cause: 'Its script says: the log of pod a could not be read: The server is gone.',
	});
	expect(linesOf(site.world.told)).toContain('debug The server is gone.');
	const other = await prove({
		moments: [{ended: 'Complete', pods: [pod('a', 'Failed'), pod('b', 'Succeeded')]}],
		logs: {...broken.logs, b: [whole]},
	});
	expect(other.all.get('ConfigMap zenml-pro/zenml-backup-proved')?.data).toMatchObject({backup: id});
});

test.each([
	['the line that says so', ['backup begins', 'FAILED: no room left', 'removed'], 'FAILED: no room left.'],
	['the last line', ['{"id":"of somebody else"}', 'it stopped'], 'it stopped.'],
	['that there is none', [], 'nothing.'],
])('a Job without a result fails in the words of its script: %s', async (_which, lines, words) => {
	const site = await siteThatPlays({moments: [{ended: 'Failed', pods: [pod('a', 'Failed')]}], logs: {a: lines}});
	expect(await refusalOf(Promise.resolve(scheduleProvedStep.apply?.(site.world)))).toMatchObject({
		code: code('schedule-run-failed'),
		cause: `Its script says: ${words}`,
	});
	expect(site.all.has('ConfigMap zenml-pro/zenml-backup-proved')).toBe(false);
});

test('a pod that does not start is waited for, and looked into after a minute', async () => {
	const asked: unknown[] = [];
	const site = await siteThatPlays({
		moments: [{}, {pods: [pod('a', 'Failed'), pod('b', 'Pending', {reason: 'no node has room'})]}],
		diagnose: async ({only}) => {
			asked.push([site.time(), only]);
			return asked.length < 2 ? undefined : refusal('pod-unschedulable').problem;
		},
	});
	expect(await refusalOf(Promise.resolve(scheduleProvedStep.apply?.(site.world)))).toMatchObject({
		code: code('pod-unschedulable'),
	});
	expect(asked).toEqual([
		[61_000, new Set(['b'])],
		[62_000, new Set(['b'])],
	]);
	const waits = site.world.told.flatMap((detail) => (detail.kind === 'waiting' ? [detail.reason] : []));
	expect([...new Set(waits)]).toEqual([
		expect.stringMatching(/^Job zenml-pro\/zenml-backup-first-/u),
		'no node has room',
	]);
});

test('a pod that gets no image is told of the answer that names the image', async () => {
	const site = await siteThatPlays({
		moments: [{}],
		diagnose: async () => refusal('image-not-found', 'It is not there.', {answers: ['registry.host']}).problem,
	});
	const {answers} = site.world;
	const named = {...answers, backup: {...answers.backup, toolsImage: 'registry.corp/own:1'}};
	expect(await refusalOf(Promise.resolve(scheduleProvedStep.apply?.({...site.world, answers: named})))).toMatchObject({
		code: 'image-not-found',
		answers: ['backup.toolsImage'],
	});
});

test('a Job that gets no pod at all is looked into as a whole', async () => {
	const asked: unknown[] = [];
	const site = await siteThatPlays({
		moments: [{}],
		diagnose: async ({only}) => {
			asked.push(only);
			return refusal('pod-unschedulable').problem;
		},
	});
	await refusalOf(Promise.resolve(scheduleProvedStep.apply?.(site.world)));
	expect(asked).toEqual([undefined]);
});

test('hours of work are no wait: the minute begins when nothing runs any more', async () => {
	const hours = Array.from({length: 200}, (): Moment => ({pods: [pod('a', 'Running')]}));
	const {time, all} = await prove({
		moments: [...hours, {pods: [pod('b', 'Pending')]}, {ended: 'Complete', pods: [pod('b', 'Succeeded')]}],
		logs: {b: [whole]},
	});
	expect(time()).toBe(201_000);
	expect(all.get('ConfigMap zenml-pro/zenml-backup-proved')?.data).toMatchObject({backup: id});
});

test('who stops it is heard, while it waits and while it reads', async () => {
	const stop = new AbortController();
	const {world} = await siteThatPlays(ran);
	const cluster = {
		...world.cluster,
		followLog: async () => {
			stop.abort(new Error('stopped'));
			throw new Error('the connection was closed');
		},
	};
	await expect(scheduleProvedStep.apply?.({...world, cluster, signal: stop.signal})).rejects.toThrow('stopped');
	expect(linesOf(world.told)).not.toContain('debug the connection was closed');
});

test('a CronJob that somebody took away starts nothing, and nothing is proved', async () => {
	const {world, all, done} = await siteThatPlays(ran);
	all.delete('CronJob zenml-pro/zenml-backup');
	await scheduleProvedStep.apply?.(world);
	expect(done).toEqual([]);
	expect(await look(scheduleProvedStep, world)).toMatchObject({status: 'todo'});
});
