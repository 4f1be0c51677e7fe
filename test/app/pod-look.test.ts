import {afterEach, beforeEach, expect, test} from 'vitest';
import {type Answers, answersSchema} from '../../source/answers/schema.ts';
import {createPodLooks} from '../../source/app/session/pod-look.ts';
import {type Lab, startLab, until} from '../cluster/rehearsal.ts';
import {fullDraft} from '../ui/helpers/answers.ts';
import {createStage, type Stage} from './stage.ts';

const {signal} = new AbortController();
const pod = {namespace: 'lab', name: 'web'};
let stage: Stage;
let lab: Lab;
beforeEach(async () => {
	stage = await createStage();
	lab = await startLab(async (_, {log}) => {
		log('connecting with hunter2-secret');
		return 'running';
	});
	const spec = {containers: [{name: 'server', image: 'i'}]};
	await lab.cluster.create({apiVersion: 'v1', kind: 'Pod', metadata: pod, spec}, signal);
});
afterEach(async () => {
	await lab.close();
	await stage.remove();
});

const named = async (): Promise<Answers> =>
	answersSchema.parse({
		...fullDraft,
		kubernetes: {kubeconfig: await stage.write('config', lab.kubernetes.kubeconfig)},
	});

test('a pod of a run is looked at in the cluster of its answers, and its secrets are not shown', async () => {
	stage.context.redactor.register('hunter2-secret');
	const of = await named();
	const look = createPodLooks(stage.context, () => of);
	const lines = await until(async () => (await look(pod, signal))?.logs[0]?.lines[0], 'a line of the log');
	expect(lines).toMatch(/^connecting with /u);
	expect(lines).not.toContain('hunter2');
});

test('before there are answers there is no pod, and a look that is given up ends', async () => {
	expect(await createPodLooks(stage.context, () => undefined)(pod, signal)).toBeUndefined();
	const of = await named();
	await expect(createPodLooks(stage.context, () => of)(pod, AbortSignal.abort(new Error('left')))).rejects.toThrow(
		'left',
	);
});
