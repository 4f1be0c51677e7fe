import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import type {Pod} from '../../../rehearsal/kubernetes/index.ts';
import {type Containers, containerKey, execIn} from '../../../rehearsal/product/exec.ts';
import {createPodNetwork} from '../../../rehearsal/product/network/pod-network.ts';

const pod = {metadata: {uid: 'one', name: 'tools', namespace: 'lab'}} as Pod;
const running = {} as NonNullable<ReturnType<Containers['get']>>['running'];

test('a command that comes while the image is still pulled runs once the container is up', async () => {
	const containers: Containers = new Map();
	const exec = execIn(
		containers,
		createPodNetwork('127.0.0.1:9'),
		() => ({true: async () => ({exitCode: 0})}) as never,
	);
	const {signal} = new AbortController();
	const ended = exec(pod, {container: 'tool', command: ['true'], signal} as never);
	await sleep(50);
	containers.set(containerKey(pod, 'tool'), {image: 'tools', running});
	expect(await ended).toEqual({exitCode: 0});
});

test('a command that is stopped meanwhile waits no longer', async () => {
	const signal = AbortSignal.timeout(50);
	const exec = execIn(new Map(), createPodNetwork('127.0.0.1:9'), () => ({}));
	await expect(exec(pod, {container: 'tool', command: ['true'], signal} as never)).rejects.toThrow();
});
