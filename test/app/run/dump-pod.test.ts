import {expect, test} from 'vitest';
import type {Answers} from '../../../source/answers/schema.ts';
import {dumpPods} from '../../../source/app/run/dump-pod.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import type {BundlePort} from '../../../source/bundle/types.ts';
import type {PodExec, ToolPod} from '../../../source/cluster/types.ts';
import {refusal} from '../../steps/parts.ts';
import {answersOf, never, refusalOf} from '../../steps/world.ts';

const answers = answersOf((input) => ({...input, backup: {toolsImage: 'registry.corp/zenml/client-tools:1.0'}}));

const idle = {
	withToolPod: async () => Promise.reject(new Error('no pod was expected')),
	exec: async () => ({exitCode: 0, stderr: []}),
};
const imageIn = (name: string): Pick<BundlePort, 'open'> => ({
	open: async () => ({images: [{name, tag: '1.0'}]}) as never,
});
const closed: Pick<BundlePort, 'open'> = {open: async () => Promise.reject(new Error('it was not to be opened'))};

test('the image of the answers is taken, and the bundle not opened for it', async () => {
	expect(await dumpPods(idle, closed, answers).image('mysql', never)).toEqual({
		image: 'registry.corp/zenml/client-tools:1.0',
	});
});

test('without one it is that of the bundle, at the internal registry, for the engines that it has', async () => {
	const pods = dumpPods(idle, imageIn('mysql-client-tools'), answersOf());
	expect(await pods.image('mysql', never)).toEqual({image: 'registry.corp/zenml/mysql-client-tools:1.0'});
	expect(await pods.image('postgresql', never)).toEqual({});
});

test('a bundle that is gone is told in its own words; what is no refusal is thrown', async () => {
	const gone = dumpPods(idle, createBundlePort({path: '/nowhere/bundle'}), answersOf());
	expect(await gone.image('mysql', never)).toEqual({unreadable: expect.stringContaining('/nowhere/bundle')});
	await expect(dumpPods(idle, closed, answersOf()).image('mysql', never)).rejects.toThrow('not to be opened');
});

test.each([
	['image-not-found', ['backup.toolsImage']],
	['image-unauthorized', ['backup.toolsImage', 'registry.username', 'registry.password']],
	['image-registry-unreachable', ['backup.toolsImage']],
	['dump-tools-missing', ['registry.host']],
] as const)('%s of the image that the answers name is told of that answer', async (code, told) => {
	const login = code === 'image-unauthorized' ? ['registry.username', 'registry.password'] : [];
	const answersBefore = login.length > 0 ? login : ['registry.host'];
	const failing = {
		...idle,
		withToolPod: async () => Promise.reject(refusal(code, 'It is not there.', {answers: answersBefore})),
	};
	const lend = (of: Answers) =>
		dumpPods(failing, closed, of).lend('registry.corp/zenml/client-tools:1.0')(async () => undefined, never);
	const fix =
		'Name in backup.toolsImage an image that nodes can pull; without that answer it is the one of the bundle.';
	const named = await refusalOf(lend(answers));
	expect(named).toMatchObject({code, answers: told});
	expect(named.fix === fix).toBe(code === 'image-not-found' || code === 'image-unauthorized');
	expect(await refusalOf(lend(answersOf()))).toMatchObject({code, answers: answersBefore});
});

test('programs run in a pod of the image, and two at once in pods of different names', async () => {
	const made: ToolPod[] = [];
	const commands: PodExec[] = [];
	const pods = dumpPods(
		{
			withToolPod: async (pod, work) => {
				made.push(pod);
				return work({namespace: pod.namespace, pod: `${pod.name}-abc`, container: 'tools'});
			},
			exec: async (exec) => {
				commands.push(exec);
				return {exitCode: 0, stderr: []};
			},
		},
		closed,
		answers,
	);
	const one = async () =>
		pods.lend('registry.corp/zenml/client-tools:1.0')(async (runner) => runner.search(['pg_dump'], never), never);
	await Promise.all([one(), one()]);
	await one();
	expect(made.map(({name}) => name)).toEqual(['zenml-airgap-dump-0', 'zenml-airgap-dump-1', 'zenml-airgap-dump-0']);
	expect(made[0]).toMatchObject({
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
