import {expect, test} from 'vitest';
import {inspectRendered} from '../../source/charts/index.ts';

const warningsOf = (pod: string): readonly string[] =>
	inspectRendered(`kind: Deployment\nmetadata: {name: server}\nspec: {template: {spec: ${pod}}}\n`, {
		registryHost: 'r',
		component: 'control-plane',
	}).warnings;

const withContainer = (context: string, rest = '') =>
	`{${rest}containers: [{name: c, image: r/i, securityContext: ${context}}]}`;

test.each([
	['the user 0', withContainer('{runAsUser: 0}'), 'it may run as root.'],
	['the user 0 of the pod', withContainer('{}', 'securityContext: {runAsUser: 0}, '), 'it may run as root.'],
	['a right to be root', withContainer('{runAsNonRoot: false}'), 'it may run as root.'],
	['privileges', withContainer('{privileged: true}'), 'it is privileged: it rules its node.'],
	['a way to further rights', withContainer('{allowPrivilegeEscalation: true}'), 'it may gain further rights.'],
	['capabilities', withContainer('{capabilities: {add: [SYS_ADMIN]}}'), 'it has capabilities: SYS_ADMIN.'],
])('%s is told', (_what, pod, words) => {
	expect(warningsOf(pod)).toEqual([`Deployment server, container c: ${words}`]);
});

test('what reaches into the node is told', () => {
	const pod = withContainer('{}', 'hostNetwork: true, volumes: [{hostPath: {path: /}}], ');
	expect(warningsOf(pod)).toEqual(['Deployment server: its pods reach into their node: hostNetwork, hostPath.']);
});

test('a container that says nothing, or counts more than its pod, is none', () => {
	expect(warningsOf(withContainer('{}'))).toEqual([]);
	expect(warningsOf(withContainer('{runAsUser: 1000}', 'securityContext: {runAsUser: 0}, '))).toEqual([]);
});
