import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import type {ClusterPort} from '../../source/cluster/types.ts';
import {meetAll, outcomeOf, patienceMs} from '../helpers/mutants.ts';
import {mutantOfJson} from '../helpers/mutations.ts';
import {kubeconfigOf, makePki, startServer, type TestServer} from './server.ts';

describe('a kubeconfig with a mistake in it', () => {
	let directory = '';
	beforeAll(async () => {
		directory = await mkdtemp(join(tmpdir(), 'mutants-'));
	});
	afterAll(() => rm(directory, {recursive: true, force: true}));

	it(
		'ends in a problem with a name, or does no harm',
		async () => {
			const {ca, server} = await makePki();
			const base64 = (text: string) => Buffer.from(text).toString('base64');
			const whole = kubeconfigOf(
				{
					server: 'https://127.0.0.1:9',
					'certificate-authority-data': base64(ca),
					'tls-server-name': 'localhost',
					'proxy-url': 'http://127.0.0.1:9',
					extensions: [{name: 'client.authentication.k8s.io/exec', extension: {audience: 'lab'}}],
				},
				{
					token: 'a-token',
					'client-certificate-data': base64(server.certificate),
					'client-key-data': base64(server.key),
					as: 'other',
					'as-groups': ['ops'],
					'as-user-extra': {scope: ['view']},
					'auth-provider': {name: 'oidc', config: {'id-token': 'x.y.z', 'idp-issuer-url': 'https://127.0.0.1:9'}},
				},
			);
			const reaches = ['kubeconfig-invalid', 'kubeconfig-incomplete', 'kubeconfig-no-context'];
			await meetAll({usual: 150, reaches}, async (random) => {
				const kubeconfig = join(directory, 'config');
				await writeFile(kubeconfig, mutantOfJson(whole, random));
				const options = {kubeconfig, homeDirectory: '/', environment: {}, timing: {retryPausesMs: []}};
				return outcomeOf(() => createCluster(options).version(AbortSignal.timeout(10_000)));
			});
		},
		patienceMs,
	);
});

const running = {running: {startedAt: '2026-01-01T00:00:00Z'}};
const metadata = (name: string) => ({
	name,
	namespace: 'a',
	resourceVersion: '5',
	labels: {app: 'x'},
	ownerReferences: [{apiVersion: 'v1', kind: 'Job', name: 'j', uid: '1'}],
});
const pod = {
	metadata: metadata('p'),
	spec: {nodeName: 'n', containers: [{name: 'c', image: 'i'}], initContainers: [{name: 'd', image: 'i'}]},
	status: {
		phase: 'Pending',
		reason: 'Evicted',
		conditions: [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes'}],
		containerStatuses: [
			{
				name: 'c',
				image: 'i',
				ready: false,
				restartCount: 2,
				state: {waiting: {reason: 'CrashLoopBackOff', message: 'back-off'}},
				lastState: {terminated: {exitCode: 1, reason: 'Error', message: 'no'}},
			},
		],
		initContainerStatuses: [{name: 'd', image: 'i', ready: false, restartCount: 0, state: running}],
	},
};
const job = {
	metadata: metadata('j'),
	status: {conditions: [{type: 'Failed', status: 'True', reason: 'X', message: 'y'}]},
};
const event = {
	metadata: metadata('e'),
	type: 'Warning',
	reason: 'FailedMount',
	message: 'no secret',
	count: 2,
	involvedObject: {kind: 'Pod', name: 'p', namespace: 'a'},
	lastTimestamp: '2026-01-01T00:00:00Z',
	eventTime: null,
};
const listOf = (...items: readonly unknown[]) => ({
	kind: 'List',
	apiVersion: 'v1',
	metadata: {resourceVersion: '5'},
	items,
});
const resources = (...names: ReadonlyArray<readonly [string, string]>) => ({
	resources: names.map(([name, kind]) => ({name, kind, namespaced: true})),
});

/** What a sound server answers, by path. */
const answers: Readonly<Record<string, unknown>> = {
	'/version': {gitVersion: 'v1.34.0'},
	'/api/v1': resources(['pods', 'Pod'], ['events', 'Event'], ['secrets', 'Secret'], ['nodes', 'Node']),
	'/apis/batch/v1': resources(['jobs', 'Job']),
	'/apis/apps/v1': resources(['deployments', 'Deployment']),
	'/api/v1/namespaces/a/pods': listOf(pod),
	'/apis/batch/v1/namespaces/a/jobs': listOf(job),
	'/apis/apps/v1/namespaces/a/deployments': listOf(job),
	'/api/v1/namespaces/a/events': listOf(event),
	'/api/v1/namespaces/a/secrets/s': {metadata: metadata('s'), type: 'Opaque', data: {a: 'YQ=='}},
	'/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': {status: {allowed: false, reason: 'no'}},
};
const refusal = {
	kind: 'Status',
	status: 'Failure',
	code: 409,
	reason: 'Conflict',
	message: 'conflict',
	details: {causes: [{reason: 'FieldManagerConflict', field: '.data', message: 'conflict with "helm"'}]},
};
const signal = new AbortController().signal;
const at = {apiVersion: 'v1', kind: 'Secret', namespace: 'a', name: 's'};
const secret = {apiVersion: 'v1', kind: 'Secret', metadata: {name: 's', namespace: 'a'}, data: {a: 'Yg=='}};
const rollout = {namespace: 'a', labelSelector: 'app=x', component: 'controlPlane'} as const;

/** Everything that is asked of a cluster. */
const asking: ReadonlyArray<(cluster: ClusterPort) => Promise<unknown>> = [
	(cluster) => cluster.version(signal),
	(cluster) => cluster.get(at, signal),
	(cluster) => cluster.diff(secret, signal),
	(cluster) => cluster.patch(at, [{op: 'test', path: '/data', value: {}}], signal),
	(cluster) => cluster.pods('a', 'app=x', signal),
	(cluster) => cluster.diagnose(rollout, signal),
	(cluster) => cluster.denied([{verb: 'get', group: '', resource: 'pods'}], signal),
	(cluster) => cluster.list({apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'a'}, signal),
];

describe('an API server with a mistake in its answers', () => {
	let server: TestServer;
	let answer = (_path: string): {status?: number; body: unknown} | undefined => undefined;
	beforeAll(async () => {
		server = await startServer(({path, query, response}) => {
			const body = answers[path];
			if (query.get('watch') === 'true') {
				response.end(String(answer('watch')?.body));
				return 'handled';
			}
			return answer(path) ?? (body === undefined ? {status: 404, body: {}} : {body});
		});
	});
	afterAll(() => server.close());
	const open = () => {
		const {kubeconfig} = server;
		const timing = {retryPausesMs: [], pausesMs: [1, 1], pollMs: 5};
		return createCluster({kubeconfig, homeDirectory: '/', environment: {}, timing});
	};

	const askAll = async (): Promise<readonly string[]> => {
		const cluster = open();
		const outcomes: string[] = [];
		for (const ask of asking) outcomes.push(await outcomeOf(() => ask(cluster)));
		return outcomes;
	};

	it(
		'ends in a problem with a name, or does no harm',
		async () => {
			const reaches = ['result', 'kubernetes-unreadable', 'kubernetes-no-api-server'];
			await meetAll({usual: 80, reaches}, async (random) => {
				const broken = random.pick(Object.keys(answers));
				const body = mutantOfJson(answers[broken], random);
				answer = (path) => (path === broken ? {body} : undefined);
				return askAll();
			});
		},
		patienceMs,
	);

	it(
		'does so of its refusals too',
		async () => {
			const reaches = ['kubernetes-field-conflict', 'kubernetes-server-error'];
			await meetAll({usual: 50, reaches}, async (random) => {
				const status = random.pick([400, 403, 404, 409, 422, 500]);
				const body = mutantOfJson(refusal, random);
				answer = (path) => (path.includes('/a/') ? {status, body} : undefined);
				return askAll();
			});
		},
		patienceMs,
	);

	it(
		'does so of a watch, which is begun again before it is given up',
		async () => {
			const line = {type: 'MODIFIED', object: pod};
			await meetAll({usual: 40, reaches: ['kubernetes-unreadable', 'result']}, async (random) => {
				const end = new AbortController();
				let watches = 0;
				answer = (path) => {
					if (path !== 'watch') return undefined;
					watches += 1;
					if (watches > 4) end.abort();
					return {body: `${mutantOfJson(line, random)}\n`};
				};
				const outcome = await outcomeOf(() => open().watchPods('a', '', () => undefined, end.signal));
				expect(watches).toBeGreaterThan(2);
				return outcome;
			});
		},
		patienceMs,
	);
});
