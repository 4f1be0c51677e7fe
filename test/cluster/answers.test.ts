import {describe, expect, it} from 'vitest';
import {discovery, startCluster} from './server.ts';
import {expectProblem, problemOf} from './support/problem-of.ts';

const {signal} = new AbortController();
const start = startCluster();
const pods = '/api/v1/namespaces/a/pods';
const of = {apiVersion: 'v1', kind: 'Pod', namespace: 'a'};
const item = (name: string) => ({metadata: {name, namespace: 'a'}});
const tooLong = {
	code: 'kubernetes-answer-too-long',
	area: 'cluster',
	cause: 'Nothing that this program asks for is that long; something else than the API server may answer there.',
	fix: 'Check the server address in the kubeconfig, and what stands between this host and the cluster.',
} as const;
const unreadable = {
	code: 'kubernetes-unreadable',
	area: 'cluster',
	cause:
		'It is cut off, or a proxy or login page between this host and the cluster gave it; where it differs is below.',
	fix: 'Try again; if it stays, check the server address in the kubeconfig, and what stands between this host and the cluster.',
	answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
} as const;

describe('a list', () => {
	it('without items, or with none at all, is empty', async () => {
		let items: unknown = null;
		const {cluster} = await start(({path}) => (path === pods ? {body: {items}} : undefined));
		expect(await cluster.list(of, signal)).toEqual([]);
		items = undefined;
		expect(await cluster.list(of, signal)).toEqual([]);
	});

	it('of more objects than a cluster has is given up', async () => {
		const {cluster} = await start(({path}) => (path === pods ? {body: {items: new Array(20_001).fill(1)}} : undefined));
		await expectProblem(cluster.list(of, signal), tooLong);
	});

	it('whose pages never end is given up', async () => {
		const {cluster, server} = await start(({path, query}) =>
			path === pods ? {body: {items: [], metadata: {continue: `${Number(query.get('continue')) + 1}`}}} : undefined,
		);
		await expectProblem(cluster.list(of, signal), {
			...tooLong,
			message: `The cluster at ${cluster.server} answers without end (asked to list Pod objects of a).`,
		});
		expect(server.seen.length).toBeLessThan(250);
	});

	it('may be longer than one object, and not without end', async () => {
		const big = {...item('big'), status: {message: 'x'.repeat(3000)}};
		const timing = {mostBytes: 1000, mostListBytes: 5000};
		const {cluster} = await start(
			({path, query}) => {
				if (!path.startsWith(pods)) return undefined;
				return {body: path === pods ? {items: query.get('labelSelector') ? [big, big] : [big]} : big};
			},
			{timing: {...timing, mostBytes: 2000}},
		);
		expect(await cluster.list(of, signal)).toHaveLength(1);
		await expectProblem(cluster.list({...of, labelSelector: 'two'}, signal), tooLong);
		await expectProblem(cluster.get({...of, name: 'big'}, signal), tooLong);
	});

	it.each<readonly [unknown, string]>([
		['<html>Sign in\u001b[2J</html>', String.raw`<html>Sign in\u{1b}[2J</html>`],
		['', 'It is empty.'],
		['{"items":[{"metadata":{"na', '{"items":[{"metadata":{"na'],
		['null', 'the whole: Invalid input: expected object, received null'],
		[{items: 'x'}, 'items: Invalid input: expected array, received string'],
		[{items: [null]}, 'items.0: Invalid input: expected object, received null'],
		[{items: [{metadata: {}}]}, 'items.0.metadata.name: Invalid input: expected string, received undefined'],
		[{items: [{...item('p'), status: 5}]}, 'items.0.status: Invalid input: expected object, received number'],
		['['.repeat(100_000), '['.repeat(300)],
	])('that is none is told with where it differs: %j', async (body, words) => {
		const {cluster} = await start(({path}) => (path === pods ? {body} : undefined));
		await expectProblem(cluster.list(of, signal), {
			...unreadable,
			message: `The cluster at ${cluster.server} gave an answer that is not one of Kubernetes (asked to list Pod objects of a).`,
			evidence: [words],
		});
	});
});

describe('an answer', () => {
	it('that comes byte by byte is not waited for without end', async () => {
		const {cluster} = await start(
			({response}) => {
				response.writeHead(200);
				const drip = setInterval(() => response.write(' '), 10);
				response.once('close', () => clearInterval(drip));
				return 'handled';
			},
			{timing: {wholeMs: 150, requestMs: 5000}},
		);
		const found = await expectProblem(cluster.version(signal), {code: 'kubernetes-unreachable'});
		expect(found.evidence).toEqual(['HttpFailure: it did not end within 0.15 s']);
	});

	it('about one object must be one', async () => {
		const {cluster} = await start(({path}) => (path === `${pods}/p` ? {body: '<html></html>'} : undefined));
		await expectProblem(cluster.get({...of, name: 'p'}, signal), {...unreadable, evidence: ['<html></html>']});
	});

	it('about a Secret must hold texts', async () => {
		const {cluster} = await start(({path}) =>
			path === '/api/v1/namespaces/a/secrets/s' ? {body: {metadata: {name: 's'}, data: {key: {}}}} : undefined,
		);
		const found = await problemOf(cluster.get({...of, kind: 'Secret', name: 's'}, signal));
		expect(found.evidence).toEqual(['data.key: Invalid input: expected string, received object']);
	});

	it('about kinds must not lead out of the API', async () => {
		const resources = [{name: '../../../evil', kind: 'Pod', namespaced: true}];
		const {cluster} = await start((request) => (request.path === '/api/v1' ? {body: {resources}} : discovery(request)));
		expect((await problemOf(cluster.list(of, signal))).code).toBe('kubernetes-unreadable');
	});

	it('with a version that is none is no API server', async () => {
		const {cluster} = await start(() => ({body: {gitVersion: 'v'.repeat(101)}}));
		expect((await problemOf(cluster.version(signal))).code).toBe('kubernetes-no-api-server');
	});

	it.each(['admission webhook ', 'container c in pod p ', 'previous terminated container x ', 'minimum '])(
		'that repeats %j a hundred thousand times is read as any other',
		async (phrase) => {
			const message = phrase.repeat(100_000);
			const body = {kind: 'Status', reason: 'BadRequest', message};
			const {cluster} = await start(({path}) => {
				if (path.startsWith(pods)) return {status: 400, body};
				return path.includes('/events') || path.includes('jobs') ? {body: {items: null}} : undefined;
			});
			const found = await problemOf(cluster.list(of, signal));
			expect(found).toMatchObject({code: 'kubernetes-refused'});
			expect(found.evidence?.[0]).toHaveLength(4096 + 1);
			expect((await problemOf(cluster.logs({namespace: 'a', name: 'p'}, {tailLines: 1, signal}))).code).toBe(
				'kubernetes-refused',
			);
		},
	);

	it('that names ten thousand managers is told with the first of them', async () => {
		const causes = Array.from({length: 10_000}, (_, index) => ({
			reason: 'FieldManagerConflict',
			field: `.data.k${index}`,
			message: `conflict with "m${index}" using v1`,
		}));
		const body = {reason: 'Conflict', message: 'conflict', details: {causes}};
		const {cluster} = await start(({method}) => (method === 'PATCH' ? {status: 409, body} : undefined));
		const object = {apiVersion: 'v1', kind: 'Secret', metadata: {name: 's', namespace: 'a'}};
		const found = await problemOf(cluster.apply(object, {signal}));
		expect(found.code).toBe('kubernetes-field-conflict');
		expect(found.cause).toMatch(/^m0, m1, .*, m9, … also manages: \.data\.k0, .*, …\.$/u);
		expect(found.evidence).toHaveLength(21);
	});

	it('that refuses in other than Kubernetes words is still a refusal', async () => {
		const body = {reason: 5, message: null, details: {causes: [null, {field: 7}]}};
		const {cluster} = await start(({path}) => (path === pods ? {status: 403, body} : undefined));
		const found = await expectProblem(cluster.list(of, signal), {code: 'kubernetes-forbidden'});
		expect(found.message).toContain('(HTTP 403)');
	});
});
