import {expect, test} from 'vitest';
import {dumpPods} from '../../../source/app/run/dump-pod.ts';
import type {PodExec, ToolPod} from '../../../source/cluster/types.ts';
import {answersOf, never} from '../../steps/world.ts';

const answers = answersOf((input) => ({...input, backup: {toolsImage: 'registry.corp/zenml/client-tools:1.0'}}));

test('without an image in the answers no pod is made', () => {
	const cluster = {
		withToolPod: async () => Promise.reject(new Error('no')),
		exec: async () => ({exitCode: 0, stderr: []}),
	};
	expect(dumpPods(cluster, answersOf())).toBeUndefined();
});

test('programs run in a pod of the image, and two at once in pods of different names', async () => {
	const pods: ToolPod[] = [];
	const commands: PodExec[] = [];
	const lend = dumpPods(
		{
			withToolPod: async (pod, work) => {
				pods.push(pod);
				return work({namespace: pod.namespace, pod: `${pod.name}-abc`, container: 'tools'});
			},
			exec: async (exec) => {
				commands.push(exec);
				return {exitCode: 0, stderr: []};
			},
		},
		answers,
	);
	const one = async () => lend?.(async (runner) => runner.search(['pg_dump'], never), never);
	await Promise.all([one(), one()]);
	await one();
	expect(pods.map(({name}) => name)).toEqual(['zenml-airgap-dump-0', 'zenml-airgap-dump-1', 'zenml-airgap-dump-0']);
	expect(pods[0]).toMatchObject({
		namespace: answers.controlPlane.namespace,
		image: 'registry.corp/zenml/client-tools:1.0',
		pullSecret: answers.registry.pullSecretName,
		scratch: {path: '/tmp'},
	});
	expect(commands[0]).toMatchObject({
		pod: 'zenml-airgap-dump-0-abc',
		container: 'tools',
		command: ['sh', '-c', expect.any(String), 'sh', 'pg_dump'],
	});
});
