import {expect, test} from 'vitest';
import type {DumpTools} from '../../source/database/dump/types.ts';
import type {DatabaseFacts} from '../../source/database/types.ts';
import {dumpToolsFor} from '../../source/steps/shared/databases/dump-tools.ts';
import {type Given, refusalOf, worldOf} from './world.ts';

const facts = {product: 'MySQL', version: '8.4.0'} as DatabaseFacts;
const login = {host: 'db', port: 3306, tls: 'disable', username: 'u', password: 'p', database: 'd'} as const;
const tools = (where: 'host' | 'cluster'): DumpTools => ({
	...{engine: 'mysql', where, program: '/usr/bin/mysqldump', version: '9.7.0'},
	...{product: 'MySQL', serverVersion: '8.4.0'},
});
const inPods = (more: Given = {}) => {
	const asked: string[] = [];
	const world = worldOf({
		dumps: {
			look: async () => ({where: 'cluster', image: 'registry.corp/zenml/client-tools:1.0'}),
			tools: async () => tools('cluster'),
		},
		cluster: {
			denied: async (accesses) => {
				asked.push(...accesses.map(({verb, resource, namespace}) => `${verb} ${resource} in ${namespace}`));
				return [];
			},
		},
		...more,
	});
	return {world, asked};
};

test('programs of this host ask nothing of the cluster', async () => {
	const world = worldOf({dumps: {look: async () => tools('host')}});
	expect(await dumpToolsFor(world, login, facts)).toEqual(tools('host'));
});

test('what a pod takes of the login is asked before one is started', async () => {
	const {world, asked} = inPods();
	expect(await dumpToolsFor(world, login, facts)).toEqual(tools('cluster'));
	expect(asked).toEqual([
		'list jobs in zenml-pro',
		'create jobs in zenml-pro',
		'delete jobs in zenml-pro',
		'list pods in zenml-pro',
		'delete pods in zenml-pro',
		'get pods/exec in zenml-pro',
		'create pods/exec in zenml-pro',
	]);
});

test('a dry run asks for the same and starts no pod', async () => {
	const tools = async () => Promise.reject(new Error('a pod was started'));
	const look = async () => ({where: 'cluster', image: 'registry.corp/zenml/client-tools:1.0'}) as const;
	const {world, asked} = inPods({pass: 'look', dumps: {look, tools}});
	expect(await dumpToolsFor(world, login, facts)).toBeUndefined();
	expect(asked).toHaveLength(7);
});

test('a login that may not do it is told before a pod is started, in a dry run too', async () => {
	const denied = async () => [
		{verb: 'create', group: '', resource: 'pods/exec', namespace: 'zenml-pro', reason: 'no RBAC policy matched'},
	];
	for (const pass of ['apply', 'look'] as const) {
		const {world} = inPods({pass, cluster: {denied}});
		expect(await refusalOf(dumpToolsFor(world, login, facts))).toMatchObject({
			code: 'dump-pod-permissions',
			message: 'This login may not run the client tools of databases in a pod.',
			cause: 'They would run in the cluster, which denies: create pods/exec in zenml-pro: no RBAC policy matched.',
			fix: 'Have the cluster admin grant them in the namespace zenml-pro, or install the client tools on this host.',
			answers: ['backup.tools', 'kubernetes.kubeconfig', 'kubernetes.context'],
		});
	}
});
