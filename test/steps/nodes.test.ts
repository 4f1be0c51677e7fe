import {describe, expect, test} from 'vitest';
import type {AnswersInput} from '../../source/answers/schema.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import {nodes} from '../../source/steps/prerequisites/nodes/index.ts';
import {carried, kept} from './parts.ts';
import {answersOf, code, refusalOf, worldOf} from './world.ts';

type Spec = {readonly taints?: readonly object[]; readonly unschedulable?: boolean};

const node = (name: string, labels: Readonly<Record<string, string>>, spec: Spec = {}, arch = 'amd64'): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Node',
	metadata: {name, labels},
	spec,
	status: {allocatable: {cpu: '1', memory: '4Gi'}, nodeInfo: {architecture: arch}},
});
const taint = {key: 'dedicated', value: 'ml', effect: 'NoSchedule'};
const ml = {pool: 'ml'};

const placed = (workspace: object, more: Partial<AnswersInput> = {}) =>
	answersOf((input) => ({...input, ...more, workspaces: [{...input.workspaces[0], ...workspace} as never]}));
const look = async (answers: ReturnType<typeof answersOf>, ...all: readonly KubeObject[]) =>
	nodes.run(worldOf({answers, cluster: kept(...all), bundle: carried()}));

describe('nodes that the pods may not go to', () => {
	test('do not count, neither for room nor for the architecture', async () => {
		const arm = node('arm', {}, {taints: [taint]}, 'arm64');
		expect((await look(answersOf(), node('plain', {}), arm)).note).toBe('1 of 2 nodes, 1.0 CPU, 4.0 GiB, amd64');
	});

	test('a taint that only prefers, and one that is borne, keep nobody away', async () => {
		const soft = node('soft', {}, {taints: [{...taint, effect: 'PreferNoSchedule'}]});
		expect((await look(answersOf(), soft)).note).toContain('1 node,');
		for (const dedicated of ['ml:NoSchedule', ':NoSchedule']) {
			const answers = placed({nodeSelector: ml, tolerations: {dedicated}});
			expect((await look(answers, node('plain', {}), node('ml', ml, {taints: [taint]}))).note).toContain('2 nodes');
		}
	});

	test('labels that no node has are refused with the answer', async () => {
		expect(await refusalOf(look(placed({nodeSelector: ml}), node('plain', {})))).toMatchObject({
			code: code('nodes-unfit'),
			message: 'No node takes the pods of the workspace default.',
			cause: 'No node has all the labels of workspaces.0.nodeSelector: pool=ml.',
			fix: 'Have the labels set on nodes, or correct the answer.',
			answers: ['workspaces.0.nodeSelector'],
		});
	});

	test.each(['other:NoSchedule', 'ml:NoExecute'])('a taint that %s does not bear is named', async (dedicated) => {
		const answers = placed({nodeSelector: ml, tolerations: {dedicated}});
		const all = [node('plain', {}), node('ml', ml, {taints: [taint]})];
		expect(await refusalOf(look(answers, ...all))).toMatchObject({
			code: code('nodes-unfit'),
			cause: 'Each node with these labels carries a taint that the pods do not bear: dedicated=ml:NoSchedule.',
			fix: 'Add the taints to the tolerations of the answers, or have them taken from nodes.',
			evidence: ['ml: dedicated=ml:NoSchedule'],
			answers: ['workspaces.0.tolerations'],
		});
	});

	test('a cordoned node is named as such, whatever taint cordoning sets', async () => {
		const cordon = {key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule'};
		const all = [node('plain', {}), node('old', ml, {unschedulable: true, taints: [cordon]})];
		expect(await refusalOf(look(placed({nodeSelector: ml}), ...all))).toMatchObject({
			cause: 'Each node that they could go to is cordoned: old.',
			fix: 'Have nodes put back into service.',
		});
	});

	test('runner pods need a node too', async () => {
		const answers = placed({}, {workloadManager: {enabled: true, nodeSelector: ml}});
		expect(await refusalOf(look(answers, node('plain', {})))).toMatchObject({
			message: 'No node takes the pods of the workload manager.',
			answers: ['workloadManager.nodeSelector'],
		});
	});

	test('pods that are bound to few nodes need their room there', async () => {
		const answers = placed({nodeSelector: ml, replicas: 5});
		const all = [node('ml', ml), node('a', {}), node('b', {})];
		expect(await refusalOf(look(answers, ...all))).toMatchObject({
			code: code('cluster-too-small'),
			message: 'The nodes are too small for what the pods of the workspace default request.',
			cause:
				'Requested: 1.25 CPU and 2.5 GiB. The 1 node that their node selectors and tolerations leave: 1 CPU and 4.0 GiB.',
			fix: 'Let more nodes take these pods, or lower the replicas or resource requests.',
			answers: expect.arrayContaining(['workspaces.0.replicas']),
		});
	});
});
