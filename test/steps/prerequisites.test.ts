import {describe, expect, test} from 'vitest';
import {resolveSecret as resolveReally} from '../../source/answers/secrets.ts';
import {type ProblemCode, ProblemsError} from '../../source/base/problem.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import type {DatabasePort} from '../../source/database/types.ts';
import {fingerprintOf} from '../../source/engine/fingerprint.ts';
import type {HelmPort} from '../../source/helm/types.ts';
import {createTls} from '../../source/network/tls.ts';
import {certificates} from '../../source/steps/prerequisites/certificates.ts';
import {chartValues} from '../../source/steps/prerequisites/chart-values.ts';
import {clocks} from '../../source/steps/prerequisites/clocks.ts';
import {database} from '../../source/steps/prerequisites/database.ts';
import {disk} from '../../source/steps/prerequisites/disk.ts';
import {helm} from '../../source/steps/prerequisites/helm.ts';
import {hooks} from '../../source/steps/prerequisites/hooks.ts';
import {prerequisites, prerequisitesStep} from '../../source/steps/prerequisites/index.ts';
import {kubernetes} from '../../source/steps/prerequisites/kubernetes.ts';
import {nodes} from '../../source/steps/prerequisites/nodes/index.ts';
import {permissions} from '../../source/steps/prerequisites/permissions.ts';
import {registry} from '../../source/steps/prerequisites/registry.ts';
import {secrets} from '../../source/steps/prerequisites/secrets.ts';
import {ingressClass} from '../../source/steps/prerequisites/way-in/ingress-class.ts';
import {stepProblems} from '../../source/steps/problems.ts';
import type {Check, Seen} from '../../source/steps/shared/checks.ts';
import {bundle, carried, facts, generated, goodPair, imageOf, kept, pair, refusal, rendered} from './parts.ts';
import {answersOf, code, type Given, look, refusalOf, rowsOf, worldOf} from './world.ts';

const see = async (check: Check, given: Given): Promise<Seen> => check.run(worldOf(given));
const refuse = async (check: Check, given: Given) => refusalOf(check.run(worldOf(given)));
/** All that a check refuses at once. */
const refuseAll = async (check: Check, given: Given): Promise<readonly string[]> => {
	const error = await check.run(worldOf(given)).catch((thrown: unknown) => thrown);
	if (!(error instanceof ProblemsError)) throw error;
	return error.problems.map((problem) => problem.code);
};

/** What the charts of the rehearsal make of answers that want a checked connection. */
const warning = expect.stringContaining('zenml-pro 0.13.18 has no key for the TLS of its database connection');

const cluster = (kind: string, ...statuses: readonly object[]) =>
	kept(
		...statuses.map((more, index): KubeObject => ({apiVersion: 'v1', kind, metadata: {name: `n${index}`}, ...more})),
	);
const node = (cpu: string, memory: string, architecture?: string) => ({
	status: {allocatable: {cpu, memory}, nodeInfo: {architecture}},
});

describe('hooks', () => {
	const hooked = answersOf((input) => ({
		...input,
		registry: {...input.registry, password: 'env:REGISTRY'},
		hooks: {finished: {command: '/usr/local/bin/tell'}, headerValue: 'env:NOT_THERE'},
	}));

	test('one that is of no use is a warning in a row that does not say all is well, and refuses nothing', async () => {
		const warnings = ['hooks.finished.command: there is no /usr/local/bin/tell. The run does not stop for it'];
		expect(await see(hooks, {hooks: {look: async () => ({count: 2, warnings})}})).toEqual({
			note: '2 hooks, 1 of no use',
			bad: true,
			warnings,
		});
		expect(await see(hooks, {hooks: {look: async () => ({count: 1, warnings: []})}})).toEqual({note: '1 hook'});
	});

	test('they are looked at where the answers name any', () => {
		expect(prerequisites(hooked)).toContain(hooks);
		expect(prerequisites(answersOf())).not.toContain(hooks);
	});

	test('a secret that only hooks need does not stop a run', async () => {
		const {note} = await see(secrets, {
			answers: hooked,
			resolveSecret: async (reference) => {
				if (reference === 'env:NOT_THERE') throw new Error('it was asked for');
				return 'value';
			},
		});
		expect(note).toBe('1 reference can be read');
	});
});

describe('secrets', () => {
	const answers = answersOf((input) => ({
		...input,
		registry: {...input.registry, password: 'env:REGISTRY'},
		database: {...input.database, admin: {password: 'k8s:ops/dba/password'}},
		controlPlane: {...input.controlPlane, admin: {password: 'prompt'}},
		organization: {users: [{username: 'ada', password: 'file:/run/ada'}]},
	}));

	test('the password that only a late step needs is looked for too, and what is odd about one is told', async () => {
		const late = answersOf((input) => ({
			...input,
			registry: {...input.registry, username: 'ad\u00a0min', password: 'env:REGISTRY'},
			controlPlane: {...input.controlPlane, admin: {password: 'file:/none/admin'}},
		}));
		const readKubernetesSecret = async () => undefined;
		const resolveSecret = async (reference: string, answer: string) =>
			reference.startsWith('file:')
				? resolveReally(reference, {answer, environment: {}, readKubernetesSecret})
				: 'secret';
		expect(await refuse(secrets, {answers: late, resolveSecret})).toMatchObject({
			code: 'answers-secret-file',
			message: 'controlPlane.admin.password: the file /none/admin does not exist',
			answers: ['controlPlane.admin.password'],
		});
		const odd = async (_reference: string, answer: string, onWarning?: (text: string) => void) => {
			if (answer.startsWith('controlPlane')) onWarning?.(`${answer} is odd`);
			return 'secret';
		};
		expect(await see(secrets, {answers: late, resolveSecret: odd})).toEqual({
			note: expect.stringContaining('can be read'),
			warnings: [
				'registry.username holds a no-break space U+00A0: "ad<no-break space U+00A0>min"',
				'controlPlane.admin.password is odd',
			],
		});
	});

	test('each reference is read once, with the path of its answer; what is made or typed is not', async () => {
		const asked: string[] = [];
		const resolveSecret = async (reference: string, answer: string) => {
			asked.push(`${answer} ${reference}`);
			return 'secret';
		};
		expect(await see(secrets, {answers, resolveSecret})).toEqual({note: '3 references can be read'});
		expect(asked.sort()).toEqual([
			'database.admin.password k8s:ops/dba/password',
			'organization.users.0.password file:/run/ada',
			'registry.password env:REGISTRY',
		]);
	});

	test('all that cannot be read are told at once', async () => {
		const resolveSecret = async (reference: string) => {
			throw refusal(reference.startsWith('env:') ? 'answers-secret-env' : 'answers-secret-file', reference);
		};
		expect([...(await refuseAll(secrets, {answers, resolveSecret}))].sort()).toEqual([
			'answers-secret-env',
			'answers-secret-file',
			'answers-secret-file',
		]);
	});

	test('a run that is stopped meanwhile says so, and blames no answer', async () => {
		const stop = new AbortController();
		const resolveSecret = async () => {
			stop.abort(new Error('Ctrl-C'));
			throw refusal('answers-secret-env');
		};
		const world = worldOf({signal: stop.signal, resolveSecret});
		await expect(secrets.run(world)).rejects.toThrow('Ctrl-C');
	});
});

describe('kubernetes', () => {
	const at = (version: string) => ({
		bundle: carried(),
		cluster: {server: 'https://k8s', version: async () => version, warnings: () => ['no TLS']},
	});

	test('a version that all support is told with the address, and with what is worth knowing of the kubeconfig', async () => {
		expect(await see(kubernetes, at('v1.24.0'))).toEqual({note: 'v1.24.0 at https://k8s', warnings: ['no TLS']});
	});

	test('a version older than the product knows is refused, and so does each chart', async () => {
		expect(await refuse(kubernetes, at('v1.23.17'))).toMatchObject({
			code: code('kubernetes-too-old'),
			cause: 'ZenML Pro needs 1.24.0 or newer.',
			fix: 'Upgrade the cluster, or name another one.',
			answers: ['kubernetes.context'],
		});
		expect(await refuseAll(kubernetes, at('v1.23.17'))).toEqual([
			'kubernetes-too-old',
			'kubernetes-version-unfit',
			'kubernetes-version-unfit',
		]);
	});

	test('a version that nobody can read counts as too old', async () => {
		expect((await refuse(kubernetes, at('unknown'))).message).toBe('The cluster runs Kubernetes unknown.');
	});
});

describe('permissions', () => {
	test('every verb that the install needs is asked for', async () => {
		expect(await see(permissions, {cluster: {denied: async () => []}})).toMatchObject({
			note: expect.stringMatching(/^\d+ verbs allowed$/u),
		});
	});

	test('those that are denied are all named, the first three in the cause', async () => {
		const denied = async () => [
			{verb: 'create', group: '', resource: 'namespaces', reason: 'no RBAC policy matched'},
			{verb: 'list', group: 'networking.k8s.io', resource: 'ingressclasses', reason: ''},
			{verb: 'get', group: '', resource: 'secrets', namespace: 'zenml-pro', reason: ''},
			{verb: 'list', group: '', resource: 'secrets', namespace: 'zenml-pro', reason: ''},
		];
		const problem = await refuse(permissions, {cluster: {...kept(), denied}});
		expect(problem).toMatchObject({
			code: code('kubernetes-permissions'),
			who: 'cluster admin',
			message: expect.stringMatching(/^This login lacks 3 of \d+ permissions that the install needs\.$/u),
			cause:
				'The cluster denies: create namespaces: no RBAC policy matched; get secrets in zenml-pro; list secrets in zenml-pro.',
			fix: 'Have the cluster admin grant them, or use a kubeconfig or context that has them.',
		});
		expect(problem.evidence).toHaveLength(3);
	});

	describe('of an admin of namespaces', () => {
		const ofCluster = [
			{verb: 'get', group: '', resource: 'namespaces', reason: ''},
			{verb: 'create', group: '', resource: 'namespaces', reason: ''},
			{verb: 'list', group: '', resource: 'nodes', reason: ''},
			{verb: 'list', group: 'networking.k8s.io', resource: 'ingressclasses', reason: ''},
		];
		const namespace = (name: string): KubeObject => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}});
		const denied = async () => ofCluster;

		test('are enough where the namespaces are made', async () => {
			const cluster = {...kept(namespace('zenml-pro'), namespace('zenml-workspace')), denied};
			expect(await see(permissions, {cluster})).toMatchObject({note: expect.stringMatching(/verbs allowed$/u)});
		});

		test('are not enough where one is still to be made', async () => {
			const cluster = {...kept(namespace('zenml-pro')), denied};
			expect((await refuse(permissions, {cluster})).evidence).toEqual(['get namespaces', 'create namespaces']);
		});

		test('are not enough where it cannot be seen whether they are made', async () => {
			const get = async () => {
				throw refusal('kubernetes-forbidden');
			};
			expect((await refuse(permissions, {cluster: {get, denied}})).evidence).toHaveLength(2);
		});

		test('leave nodes and ingress class unchecked, and each says so once', async () => {
			const list = async () => {
				throw refusal('kubernetes-forbidden');
			};
			expect(await see(nodes, {cluster: {list}})).toEqual({
				note: 'not checked: this login may not list nodes',
				warnings: [
					'Nodes: this login may not list them, so whether they have room and the architecture of the images was not checked.',
				],
				bad: true,
			});
			expect(await see(ingressClass, {cluster: {list}})).toEqual({
				note: 'not checked: this login may not list ingress classes',
				warnings: [
					'Ingress class: this login may not list them, so whether there is one called "nginx" was not checked.',
				],
				bad: true,
			});
			const broken = async () => {
				throw refusal('kubernetes-unreachable');
			};
			expect(await refuse(nodes, {cluster: {list: broken}})).toMatchObject({code: 'kubernetes-unreachable'});
		});
	});
});

test('helm: its version is told, its refusal goes through', async () => {
	const origin = async () => 'from the bundle';
	expect(await see(helm, {helm: {version: async () => '3.18.0', origin}})).toEqual({
		note: 'helm 3.18.0 from the bundle',
	});
	const version = async () => {
		throw refusal('helm-missing');
	};
	expect(await refuse(helm, {helm: {version}})).toMatchObject({code: 'helm-missing'});
});

describe('ingress class', () => {
	const classes = (...names: readonly string[]) => ({
		cluster: kept(...names.map((name): KubeObject => ({apiVersion: 'v1', kind: 'IngressClass', metadata: {name}}))),
	});

	test('the one of the answers is there', async () => {
		expect(await see(ingressClass, classes('traefik', 'nginx'))).toEqual({note: 'nginx'});
	});

	describe('with an address in the answers', () => {
		const at = (request: () => Promise<never>) => ({
			...classes('nginx'),
			answers: answersOf((input) => ({...input, ingress: {address: '10.1.2.3'}})),
			host: {readFile: async () => 'ca'},
			https: {request},
		});
		const fails = (name: Parameters<typeof refusal>[0]) => async (): Promise<never> => {
			throw refusal(name);
		};

		test('a controller that shows its own certificate answers', async () => {
			const seen = await see(ingressClass, at(fails('https-certificate-untrusted')));
			expect(seen).toEqual({note: 'nginx, answers at 10.1.2.3:443'});
		});

		test('nobody there is told before anything is installed', async () => {
			expect(await refuse(ingressClass, at(fails('https-unreachable')))).toMatchObject({
				code: code('ingress-not-answering'),
				who: 'network team',
				message: 'No ingress controller answers at 10.1.2.3, port 443.',
				answers: ['ingress.address', 'ingress.httpsPort'],
			});
		});
	});

	describe('with an address that the cluster tells', () => {
		const served = {loadBalancer: {ingress: [{ip: '10.9.9.9'}]}};
		const nginx = {
			apiVersion: 'networking.k8s.io/v1',
			kind: 'IngressClass',
			metadata: {name: 'nginx'},
			spec: {controller: 'k8s.io/ingress-nginx'},
		};
		const other = (name: string, ingressClassName: string, status: object): KubeObject => ({
			apiVersion: 'networking.k8s.io/v1',
			kind: 'Ingress',
			metadata: {name, namespace: 'shop'},
			spec: {ingressClassName},
			status,
		});
		const service = (name: string, label: string, port = 443): KubeObject => ({
			apiVersion: 'v1',
			kind: 'Service',
			metadata: {name, namespace: 'edge', labels: {'app.kubernetes.io/name': label}},
			spec: {type: 'LoadBalancer', ports: [{port}]},
			status: served,
		});
		const site = (code: Parameters<typeof refusal>[0], ...objects: readonly KubeObject[]) => ({
			cluster: kept(nginx, ...objects),
			host: {readFile: async () => 'ca'},
			https: {
				request: async (): Promise<never> => {
					throw refusal(code);
				},
			},
		});

		test.each<readonly [string, KubeObject]>([
			['an Ingress of others', other('shop', 'nginx', served)],
			['the Service of the controller', service('controller', 'ingress-nginx')],
		])('it is tried at that of %s', async (_of, object) => {
			const seen = await see(ingressClass, site('https-certificate-untrusted', object));
			expect(seen).toEqual({note: 'nginx, answers at 10.9.9.9:443'});
		});

		test('nobody there is told with where the address comes from', async () => {
			expect(await refuse(ingressClass, site('https-unreachable', other('shop', 'nginx', served)))).toMatchObject({
				code: code('ingress-not-answering'),
				message: 'No ingress controller answers at 10.9.9.9, port 443.',
				cause: 'The address was read from Ingress shop/shop; the connection to it failed: Why https-unreachable.',
			});
		});

		test.each<readonly [string, readonly KubeObject[]]>([
			['an Ingress of another class', [other('shop', 'traefik', served)]],
			['a Service of something else', [service('mail', 'mail'), service('plain', 'ingress-nginx', 80)]],
			[
				'two addresses',
				[other('a', 'nginx', served), other('b', 'nginx', {loadBalancer: {ingress: [{ip: '10.9.9.8'}]}})],
			],
			['an Ingress without one', [other('shop', 'nginx', {loadBalancer: {}})]],
		])('nothing is tried for %s', async (_for, objects) => {
			expect(await see(ingressClass, site('https-unreachable', ...objects))).toEqual({note: 'nginx'});
		});
	});

	test('the others are named where it is not', async () => {
		expect(await refuse(ingressClass, classes('traefik', 'haproxy'))).toMatchObject({
			code: code('ingress-class-missing'),
			message: 'The cluster has no ingress class "nginx".',
			cause: 'It has: traefik, haproxy.',
			fix: 'Name one of these in ingress.className.',
			answers: ['ingress.className', 'ingress.kind'],
		});
	});

	test('where there is none at all, a controller has to come first', async () => {
		expect(await refuse(ingressClass, classes())).toMatchObject({
			code: code('ingress-class-missing'),
			cause: 'It has none at all: no ingress controller is installed.',
			fix: 'Install an ingress controller first.',
		});
	});

	test('on OpenShift, Routes are proposed instead', async () => {
		const route: KubeObject = {apiVersion: 'route.openshift.io/v1', kind: 'Route', metadata: {name: 'console'}};
		const others: KubeObject = {apiVersion: 'v1', kind: 'IngressClass', metadata: {name: 'openshift-default'}};
		expect(await refuse(ingressClass, {cluster: kept(route)})).toMatchObject({
			cause: 'It has none at all, but it is OpenShift, which serves Routes.',
			fix: 'Set ingress.kind to route.',
		});
		expect(await refuse(ingressClass, {cluster: kept(route, others)})).toMatchObject({
			cause: 'It has: openshift-default. It is OpenShift, which serves Routes too.',
			fix: 'Name one of these in ingress.className, or set ingress.kind to route.',
		});
	});
});

describe('nodes', () => {
	test('room and architecture of all nodes together are told', async () => {
		const two = cluster('Node', node('4', '8Gi', 'amd64'), node('3500m', '8Gi', 'amd64'));
		expect(await see(nodes, {cluster: two, bundle: carried()})).toEqual({note: '2 nodes, 7.5 CPU, 16.0 GiB, amd64'});
	});

	test.each([
		['CPU', node('500m', '8Gi'), '0.5 CPU and 8.0 GiB'],
		['memory', node('4', '1Gi'), '4 CPU and 1.0 GiB'],
		['anything to give', {}, '0 CPU and 0 B'],
	])('nodes without enough %s are too small', async (_what, one, have) => {
		expect(await refuse(nodes, {cluster: cluster('Node', one), bundle: carried()})).toMatchObject({
			code: code('cluster-too-small'),
			area: 'prerequisites',
			cause: `Requested: 0.75 CPU and 1.5 GiB. All nodes together: ${have}.`,
			fix: 'Add nodes, or lower the replicas or resource requests.',
		});
	});

	test('replicas count: two pods request twice as much', async () => {
		const answers = answersOf((input) => ({...input, controlPlane: {...input.controlPlane, replicas: 4}}));
		const problem = await refuse(nodes, {answers, cluster: cluster('Node', node('2', '8Gi')), bundle: carried()});
		expect(problem.cause).toMatch(/^Requested: 2\.25 CPU and 4\.5 GiB\./u);
	});

	test('images of another architecture are refused with an example', async () => {
		const large = cluster('Node', node('8', '16Gi', 'arm64'));
		expect(await refuse(nodes, {cluster: large, bundle: carried()})).toMatchObject({
			code: code('architecture-mismatch'),
			who: 'vendor',
			message: "The bundle's images are for amd64; the nodes are arm64.",
			cause: 'For example vendor/zenml-pro-api:1.0.',
			fix: 'Choose the platform of the nodes in bundle.platform if the bundle has it, else have one made for them.',
		});
	});

	test('an image of several platforms does where one of them is a node', async () => {
		const platforms = ['amd64', 'arm64'].map((architecture) => ({os: 'linux', architecture}));
		const images = [imageOf('api', {platforms})];
		const world = {cluster: cluster('Node', node('8', '16Gi', 'arm64')), bundle: carried({images})};
		expect((await see(nodes, world)).note).toBe('1 node, 8.0 CPU, 16.0 GiB, arm64');
	});
});

describe('registry', () => {
	test('login and push right are proven with the first image', async () => {
		const asked: string[] = [];
		const port = {
			host: 'registry.corp',
			ping: async () => void asked.push('ping'),
			checkPush: async (repository: string) => void asked.push(repository),
		};
		expect(await see(registry, {registry: port, bundle: carried()})).toEqual({
			note: 'registry.corp, login and push right',
		});
		expect(asked).toEqual(['ping', 'zenml/zenml-pro-api']);
	});

	test('a login that may not push is refused', async () => {
		const checkPush = async () => {
			throw refusal('registry-denied');
		};
		const port = {host: 'registry.corp', ping: async () => undefined, checkPush};
		expect(await refuse(registry, {registry: port, bundle: carried()})).toMatchObject({code: 'registry-denied'});
	});

	test('a bundle without images needs no push right', async () => {
		const port = {host: 'registry.corp', ping: async () => undefined};
		expect(await see(registry, {registry: port, bundle: carried({images: []})})).toBeDefined();
	});
});

describe('database server', () => {
	const admin = answersOf((input) => ({...input, database: {...input.database, admin: {password: 'env:DBA'}}}));
	const host = {readFile: async (path: string, answer: string) => `${answer} ${path}`};

	const roomy = {...facts, maxConnections: 200};
	const probe = async () => roomy;
	const judge = () => undefined;
	const refuseAdmin = async () => undefined;

	test('with a login of the admin the server is asked, with the CA of all servers, and whether it can make all', async () => {
		const asked: unknown[] = [];
		const port = {
			probe: async (login: unknown) => {
				asked.push(login);
				return roomy;
			},
			refuseAdmin: async (...[{username}, needed]: Parameters<DatabasePort['refuseAdmin']>) => {
				asked.push([username, needed]);
			},
		};
		const world = {answers: admin, host, bundle: carried(), cluster: kept(), databases: {postgresql: port}};
		expect(await see(database, world)).toEqual({
			note: 'PostgreSQL 15.18, UTF8, 5 of 200 connections, TLSv1.3',
			warnings: [],
		});
		expect(asked).toEqual([
			{
				host: 'db.corp',
				port: 5432,
				tls: 'verify-full',
				server: 'database',
				ca: 'tls.ca /pki/ca.crt',
				username: 'postgres',
				password: 'behind env:DBA',
				database: 'postgres',
				from: 'database.admin',
			},
			[
				'postgres',
				[{database: 'zenml_pro', username: 'zenml_pro_user', from: 'controlPlane.database', requires: 'TLS'}],
			],
			[
				'postgres',
				[
					{
						database: 'zenml_workspace',
						username: 'zenml_workspace_user',
						from: 'workspaces.0.database',
						requires: 'TLS',
					},
				],
			],
		]);
	});

	test('an admin who cannot make what is needed is told before anything changes', async () => {
		const weak = async () => {
			throw refusal('database-pooler');
		};
		const world = {answers: admin, host, bundle: carried(), databases: {postgresql: {probe, refuseAdmin: weak}}};
		expect(await refuse(database, world)).toMatchObject({code: 'database-pooler'});
	});

	test('a pooler through which all is there only warns', async () => {
		const pooled = {probe: async () => ({...roomy, isPooled: true}), refuseAdmin};
		const {warnings} = await see(database, {
			...{answers: admin, host, bundle: carried(), cluster: kept()},
			databases: {postgresql: pooled},
		});
		const named = {probe: async () => ({...roomy, isPooled: true, pooler: 'PgBouncer'}), refuseAdmin};
		const known = await see(database, {
			...{answers: admin, host, bundle: carried(), cluster: kept()},
			databases: {postgresql: named},
		});
		expect(known.warnings).toEqual([expect.stringMatching(/^db\.corp:5432 is PgBouncer, a connection pooler: /u)]);
		expect(warnings).toEqual([
			'db.corp:5432 is a connection pooler: it must let in every role and database of the answers, and the connections that were counted are those behind it',
		]);
	});

	test('that a server wants primary keys stands in its row, and warns of nothing', async () => {
		const strict = {probe: async () => ({...roomy, wantsPrimaryKeys: true}), refuseAdmin};
		const seen = await see(database, {
			...{answers: admin, host, bundle: carried(), cluster: kept()},
			databases: {postgresql: strict},
		});
		expect(seen).toMatchObject({note: expect.stringContaining('UTF8, sql_require_primary_key, 5 of'), warnings: []});
	});

	test('a refused admin is a prerequisite that is not met', async () => {
		const probe = async () => {
			throw refusal('database-password');
		};
		const world = {answers: admin, host, bundle: carried(), databases: {postgresql: {probe}}};
		expect(await refuse(database, world)).toMatchObject({code: 'database-password'});
	});

	test('without an admin and before passwords are made a made-up login tells that a server is there', async () => {
		const knocks: string[] = [];
		const answers = answersOf((input) => ({
			...input,
			database: {engine: 'postgresql', host: 'db.corp', ca: '/pki/db.crt'},
		}));
		const probe = async ({ca, username, password}: {ca?: string | undefined; username: string; password: string}) => {
			knocks.push(`${username} ${ca} ${password.length}`);
			throw refusal('database-password');
		};
		const world = {answers, host, bundle: carried(), cluster: kept(), databases: {postgresql: {probe}}};
		expect((await see(database, world)).note).toBe('db.corp:5432, logins are checked later: none is made yet');
		expect(knocks).toEqual(['zenml_pro_user database.ca /pki/db.crt 32']);
	});

	test('without an admin and before passwords are made a server that is not there is refused', async () => {
		const probe = async () => {
			throw refusal('database-unreachable');
		};
		const world = {host, bundle: carried(), cluster: kept(), databases: {postgresql: {probe}}};
		expect(await refuse(database, world)).toMatchObject({code: 'database-unreachable'});
	});

	test('an engine that the workspaces of this bundle do not take is refused, beside what else is wrong', async () => {
		const workspaceChart = {...bundle.workspaceChart, annotations: {}};
		const world = {host, bundle: carried({workspaceChart}), cluster: kept(generated())};
		const good = {postgresql: {probe, judge}};
		expect(await refuse(database, {...world, databases: good})).toMatchObject({
			code: 'database-engine-unfit',
			answers: ['database.engine', 'workspaces.0.database.server'],
		});
		const weak = async () => {
			throw refusal('database-read-only');
		};
		expect(await refuseAll(database, {...world, databases: {postgresql: {probe: weak}}})).toEqual([
			code('database-engine-unfit'),
			code('database-read-only'),
		]);
	});

	test('what is wrong with several servers is told at once', async () => {
		const answers = answersOf((input) => ({
			...input,
			database: {host: 'my.corp'},
			controlPlane: {...input.controlPlane, database: {server: {engine: 'postgresql', host: 'pg.corp'}}},
		}));
		const failing = (name: ProblemCode) => ({
			probe: async () => {
				throw refusal(name);
			},
		});
		const databases = {
			postgresql: failing(code('database-tls-not-offered')),
			mysql: failing(code('database-unreachable')),
		};
		expect(await refuseAll(database, {answers, host, bundle: carried(), cluster: kept(), databases})).toEqual([
			'database-tls-not-offered',
			'database-unreachable',
		]);
	});

	test('connections are summed over all that keeps its data on a server, before anything is made', async () => {
		const world = {answers: admin, host, bundle: carried(), cluster: kept()};
		const databases = {postgresql: {probe: async () => facts, refuseAdmin}};
		expect((await see(database, {...world, databases})).warnings).toEqual([
			'db.corp:5432: 95 connections are free, the pods of control plane, workspace default may open 100 while they are rolled out; raise max_connections',
		]);
	});

	test.each(['database-login-method', 'database-read-only', 'database-client-certificate'] as const)(
		'without an admin the logins of the servers tell what is wrong now: %s',
		async (name) => {
			const tried: unknown[] = [];
			const port = {
				probe: async ({username, from}: {readonly username: string; readonly from?: string | undefined}) => {
					tried.push([username, from]);
					throw refusal(name);
				},
			};
			const world = {host, bundle: carried(), cluster: kept(generated()), databases: {postgresql: port}};
			expect(await refuse(database, world)).toMatchObject({code: name});
			expect(tried).toContainEqual(['zenml_pro_user', 'controlPlane.database']);
		},
	);

	test('a login that the database admin is still to make is no refusal yet', async () => {
		const made = async ({username}: {readonly username: string}) => {
			if (username === 'zenml_pro_user') throw refusal('database-password');
			return roomy;
		};
		const world = {host, bundle: carried(), cluster: kept(generated())};
		expect((await see(database, {...world, databases: {postgresql: {probe: made, judge}}})).note).toContain(
			'PostgreSQL 15.18',
		);
		const none = async () => {
			throw refusal('database-role-missing');
		};
		expect((await see(database, {...world, databases: {postgresql: {probe: none}}})).note).toContain(
			'logins are checked later',
		);
	});

	test('an unchecked connection needs no CA', async () => {
		const answers = answersOf((input) => ({
			...input,
			database: {engine: 'postgresql', host: 'db.corp', tls: 'require'},
		}));
		const databases = {postgresql: {probe, judge}};
		const world = {answers, bundle: carried(), cluster: kept(generated()), databases};
		expect((await see(database, world)).note).toContain('PostgreSQL 15.18');
	});
});

describe('disk', () => {
	const free = (bytes: number) => ({host: {freeBytes: async () => bytes, stateDirectory: '/state'}});

	test('room is told', async () => {
		expect(await see(disk, free(50 * 1024 * 1024))).toEqual({note: '50.0 MiB free'});
	});

	test('too little is refused by the folder', async () => {
		expect(await refuse(disk, free(1024 * 1024))).toMatchObject({
			code: code('disk-full'),
			area: 'prerequisites',
			message: 'Only 1.0 MiB are free in /state.',
			cause: 'State and logs of the run are written there; 50.0 MiB are needed.',
			fix: 'Make room, or name another folder with --state-dir.',
		});
	});
});

describe('clocks', () => {
	/** A host whose question takes a second on its way, as long as the answer. */
	const apart = (ms: number) => {
		const times = [100_000, 102_000];
		return {
			clock: {now: () => times.shift() ?? 0, sleep: async () => undefined},
			cluster: {serverTime: async () => 101_000 + ms},
		};
	};

	test('the time that the question takes is no skew', async () => {
		expect(await see(clocks, apart(0))).toEqual({note: '0.0 s apart'});
		expect(await see(clocks, apart(-60_000))).toEqual({note: '60.0 s apart'});
	});

	test.each([
		[90_400, "This host's clock is 90 s behind the cluster's."],
		[-61_000, "This host's clock is 61 s ahead of the cluster's."],
	])('%i ms are refused with the direction', async (ms, message) => {
		expect(await refuse(clocks, apart(ms))).toMatchObject({
			code: code('clock-skew'),
			message,
			cause: 'Tokens and certificates are refused when clocks differ.',
			fix: "Set the clock (NTP) of this host, or have the cluster's set.",
		});
	});
});

describe('certificates', () => {
	test('the names and the end of a good one are told, and its warnings', async () => {
		const readPair = async () => ({pair, warnings: ['it ends soon']});
		expect(await see(certificates, {tls: {readPair}})).toEqual({
			note: 'zenml-pro.corp.internal, zenml.corp.internal, until 2030-01-02',
			warnings: ['it ends soon'],
		});
	});

	test('all that is wrong is told, each in its own area', async () => {
		const problems = (['tls-expired', 'tls-host-not-covered'] as const).map((name) => ({
			...refusal(name).problem,
			area: 'prerequisites' as const,
		}));
		const world = {tls: {readPair: async () => ({problems})}};
		expect(await refuseAll(certificates, world)).toEqual(['tls-expired', 'tls-host-not-covered']);
		expect((await refuse(certificates, world)).area).toBe('prerequisites');
	});

	test('a trust store that the answers name and that cannot be read is told before anything is changed', async () => {
		const {hostTrusts} = createTls({trustStore: '/none'});
		const tls = {readPair: async () => ({pair, warnings: []}), hostTrusts};
		const answers = answersOf((input) => ({...input, network: {trustStore: '/none'}}));
		expect(await refuseAll(certificates, {tls, answers})).toEqual(['trust-store-unreadable']);
	});
});

describe('chart values', () => {
	const site = (template: () => Promise<string>, more: object = {}) => ({
		bundle: carried(more),
		cluster: {version: async () => 'v1.34.0'},
		helm: {template},
	});

	test('both releases are rendered with made-up secrets: nothing is read or made', async () => {
		const seen = await see(
			chartValues,
			site(async () => rendered),
		);
		expect(seen).toEqual({note: '2 releases rendered', warnings: [warning]});
	});

	test('what a chart renders from outside is refused', async () => {
		const outside = async () => rendered.replaceAll('registry.corp/', 'docker.io/');
		expect(await refuseAll(chartValues, site(outside))).toEqual(['image-from-outside', 'image-from-outside']);
	});

	test('a chart that does not know the keys is refused before it is rendered', async () => {
		const {workspaceChart: controlPlaneChart} = bundle;
		const problem = await refuse(
			chartValues,
			site(async () => rendered, {controlPlaneChart}),
		);
		expect(problem).toMatchObject({code: 'chart-keys-unknown', area: 'bundle'});
	});
});

describe('the step', () => {
	const large = node('8', '16Gi', 'amd64');
	const objects = kept(
		{apiVersion: 'v1', kind: 'Node', metadata: {name: 'n1'}, ...large},
		{apiVersion: 'v1', kind: 'IngressClass', metadata: {name: 'nginx'}},
	);
	const site = {
		bundle: carried(),
		tls: {readPair: goodPair},
		helm: {
			version: async () => '3.18.0',
			origin: async () => 'from the bundle',
			template: async () => rendered,
			history: async () => [],
			release: async () => undefined,
		},
		host: {freeBytes: async () => 1e9, stateDirectory: '/state', readFile: async () => 'ca'},
		cluster: {
			...objects,
			server: 'https://k8s',
			version: async () => 'v1.34.0',
			denied: async () => [],
			serverTime: async () => Date.now(),
			warnings: () => [],
		},
		registry: {host: 'registry.corp', ping: async () => undefined, checkPush: async () => undefined},
		databases: {
			postgresql: {
				probe: async () => {
					throw refusal('database-password');
				},
			},
		},
	};

	test('one look renders each release once for all of its checks, with values of the shape that is installed; the next look anew', async () => {
		const asked: string[] = [];
		const shapes: unknown[] = [];
		const template: HelmPort['template'] = async ({release, values}) => {
			asked.push(`${release} ${fingerprintOf(values).slice(0, 8)}`);
			shapes.push((values as {readonly podAnnotations?: unknown}).podAnnotations);
			return rendered;
		};
		const given = {...site, helm: {...site.helm, template}};
		await look(prerequisitesStep, worldOf(given));
		// A helm of the program renders the same values once: different ones are counted.
		expect(new Set(asked).size).toBe(2);
		expect(shapes).toContainEqual({'zenml-airgap.io/secrets': '0-0'});
		await look(prerequisitesStep, worldOf(given));
		expect(new Set(asked).size).toBe(4);
	});

	test('every check has a row, in the order of the list, and the step is ok when all are', async () => {
		const world = worldOf(site);
		expect(await look(prerequisitesStep, world)).toMatchObject({
			status: 'ok',
			note: `${prerequisites(world.answers).length} checks, helm 3.18.0 from the bundle`,
			warnings: [warning],
		});
		const rows = rowsOf(world.told);
		expect(rows.map((row) => row.split(':')[0])).toEqual(prerequisites(world.answers).map(({label}) => label));
		expect(rows.filter((row) => !/^[^:]+: ok, ./u.test(row))).toEqual([]);
	});

	test('one refusal stands for itself, with its own area', async () => {
		const world = worldOf({...site, host: {...site.host, freeBytes: async () => 0}});
		expect(await look(prerequisitesStep, world)).toMatchObject({status: 'blocked', problem: {code: 'disk-full'}});
		expect(rowsOf(world.told)).toContain('Disk: bad, Only 0 B are free in /state.');
	});

	test('several are told at once; the same wall is told once', async () => {
		const version = async () => {
			throw refusal('kubernetes-unreachable', 'The cluster does not answer.');
		};
		const {readFile, stateDirectory} = site.host;
		const world = worldOf({
			...site,
			host: {readFile, stateDirectory, freeBytes: async () => 0},
			cluster: {...site.cluster, version},
		});
		expect(await look(prerequisitesStep, world)).toMatchObject({
			status: 'blocked',
			problem: {
				code: code('prerequisites-not-met'),
				area: 'prerequisites',
				message: '2 prerequisites are not met: all for you to mend.',
				cause: 'They are: 1. Only 0 B are free in /state. 2. The cluster does not answer.',
				parts: [{fix: 'Make room, or name another folder with --state-dir.'}, {fix: 'Mend kubernetes-unreachable.'}],
			},
		});
	});

	test('a secret that cannot be read is a wrong answer, whatever else is wrong', async () => {
		const resolveSecret = async () => {
			throw stepProblems.error('generated-secret-contended', {secret: 's'}, {area: 'usage'});
		};
		const world = worldOf({...site, host: {...site.host, freeBytes: async () => 0}, resolveSecret});
		expect(await look(prerequisitesStep, world)).toMatchObject({problem: {area: 'usage'}});
	});

	test('a run that is stopped ends with that, not with a problem', async () => {
		const stop = new AbortController();
		const freeBytes = async () => {
			stop.abort(new Error('Ctrl-C'));
			throw new Error('read of closed disk');
		};
		const world = worldOf({...site, host: {...site.host, freeBytes}, signal: stop.signal});
		await expect(prerequisitesStep.check(world)).rejects.toThrow('Ctrl-C');
	});
});
