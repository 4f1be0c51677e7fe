import {afterEach, beforeEach, expect, it} from 'vitest';
import {lookAtPod, type PodLook} from '../../../source/cluster/pods/look.ts';
import {type Lab, startLab, until} from '../rehearsal.ts';

const signal = new AbortController().signal;
const long = 'x'.repeat(9000);
let lab: Lab;
beforeEach(async () => {
	lab = await startLab(async (_, {container, log, isInit}) => {
		if (isInit) return {exit: 0};
		if (container.name === 'quiet') return 'running';
		for (let line = 1; line <= 300; line += 1) log(`line ${line}`);
		log(`evil \u009B2J\u202Etxet ${long}`);
		return container.image === 'crash' ? {exit: 1} : 'running';
	});
});
afterEach(() => lab.close());

const pod = (name: string, containers: readonly unknown[], initContainers: readonly unknown[] = []) => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name, namespace: 'lab'},
	spec: {containers, initContainers},
});
const seen = async (name: string, isWhole: (look: PodLook) => boolean): Promise<PodLook> =>
	until(async () => {
		const look = await lookAtPod(lab.cluster, {namespace: 'lab', name}, signal);
		return look && isWhole(look) && look;
	}, `a look at ${name}`);

it('tells the last lines of every container and the events of this pod alone, bounded and fit for a terminal', async () => {
	const two = [
		{name: 'server', image: 'i'},
		{name: 'quiet', image: 'i'},
	];
	await lab.cluster.create(pod('web', two, [{name: 'before', image: 'i'}]), signal);
	await lab.cluster.create(pod('other', [{name: 'noise', image: 'i'}]), signal);
	const {logs, events} = await seen('web', (look) => look.logs.some(({lines}) => lines.length === 200));
	expect(logs.map(({container, lines}) => [container, lines.length])).toEqual([
		['before', 0],
		['server', 200],
		['quiet', 0],
	]);
	const last = logs[1]?.lines.at(-1) ?? '';
	expect(last).not.toMatch(/[\p{Cc}\p{Cf}]/u);
	expect(last.length).toBeLessThan(2100);
	expect(logs[1]?.lines.at(-2)).toBe('line 300');
	expect(events.length).toBeGreaterThan(0);
	expect(events.map(({text}) => text).join('\n')).not.toContain('noise');
	expect(events.map(({at}) => at)).toEqual(events.map(({at}) => at).toSorted((one, other) => one - other));
});

it('warns by what Kubernetes says of a pod that crashes, and has the log of its last run', async () => {
	await lab.cluster.create(pod('web', [{name: 'server', image: 'crash'}]), signal);
	const {logs} = await seen('web', ({events}) => events.some(({warning}) => warning));
	expect(logs[0]?.lines.at(-2)).toBe('line 300');
});

it('of a pod that is not there there is nothing', async () => {
	expect(await lookAtPod(lab.cluster, {namespace: 'lab', name: 'web'}, signal)).toBeUndefined();
});
