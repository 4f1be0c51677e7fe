import {describe, expect, it} from 'vitest';
import {KubernetesError} from '../../source/cluster/errors.ts';
import {statusError} from '../../source/cluster/refusals.ts';
import {startCluster} from './server.ts';
import {errorOf, problemOf, type Told} from './support/problem-of.ts';

const {signal} = new AbortController();
const secret = {
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {name: 'zenml-tls', namespace: 'zenml-pro'},
	data: {a: 'c2VjcmV0'},
};
const start = startCluster();

type Row = Told & {
	readonly status: number;
	readonly reason: string;
	/** What the server says. */
	readonly said: string;
};

// In the words of kube-apiserver and its admission plug-ins.
const rows: readonly Row[] = [
	{
		status: 401,
		reason: 'Unauthorized',
		said: 'Unauthorized',
		code: 'kubernetes-unauthorized',
		who: 'cluster admin',
		cause:
			'The cluster does not accept the token or certificate of this kubeconfig; it has expired or belongs elsewhere.',
		fix: 'Log in to the cluster again, or get a new kubeconfig.',
		answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
	},
	{
		status: 403,
		reason: 'Forbidden',
		said: 'secrets is forbidden: User "me" cannot create resource',
		code: 'kubernetes-forbidden',
		who: 'cluster admin',
		cause: 'The user of this kubeconfig lacks that permission.',
		fix: 'Have a Role or ClusterRole with this permission bound to the user, or use another kubeconfig.',
		answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
	},
	{
		status: 403,
		reason: 'Forbidden',
		said: 'pods "x" is forbidden: exceeded quota: small, requested: cpu=1',
		code: 'kubernetes-quota',
		who: 'cluster admin',
		cause: 'A resource quota of the namespace is used up.',
		fix: 'Have the quota raised, or ask for less CPU and memory.',
	},
	{
		status: 403,
		reason: 'Forbidden',
		said: 'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
		code: 'kubernetes-pod-security',
		who: 'cluster admin',
		cause: "The namespace's Pod Security level does not admit such a pod.",
		fix: 'Have the level of the namespace lowered to what its own words allow; the answers only change the user and group of the pods.',
	},
	{
		status: 403,
		reason: 'Forbidden',
		said: 'unable to create new content in namespace a because it is being terminated',
		code: 'kubernetes-namespace-terminating',
		who: 'operator',
		cause: 'The namespace is being deleted.',
		fix: 'Wait until it is gone, then try again.',
	},
	{
		status: 400,
		reason: 'BadRequest',
		said: 'admission webhook "v.kyverno.svc" denied the request: no',
		code: 'kubernetes-admission-denied',
		who: 'cluster admin',
		cause: 'A policy of this cluster refuses the object; its own words are below.',
		fix: 'Ask the owners of that policy for an exception, or change what it complains of.',
	},
	{
		status: 500,
		reason: 'InternalError',
		said: 'failed calling webhook "a.b": no endpoints',
		code: 'kubernetes-webhook-failed',
		who: 'cluster admin',
		cause: 'A webhook of this cluster that must agree to changes does not answer.',
		fix: 'Have the service behind that webhook repaired.',
	},
	{
		status: 404,
		reason: 'NotFound',
		said: 'namespaces "a" not found',
		code: 'kubernetes-namespace-missing',
		who: 'operator',
		cause: 'The namespace does not exist.',
		fix: 'Create the namespace first.',
	},
	{
		status: 404,
		reason: 'NotFound',
		said: 'the server could not find the requested resource',
		code: 'kubernetes-not-found',
		who: 'operator',
		cause: 'The object, or its whole kind, does not exist in this cluster.',
		fix: 'Try again: every step looks at the cluster anew.',
	},
	{
		status: 409,
		reason: 'Conflict',
		said: 'the object has been modified',
		code: 'kubernetes-conflict',
		who: 'operator',
		cause: 'Somebody else changed the object at the same time.',
		fix: 'Try again.',
	},
	{
		status: 410,
		reason: 'Expired',
		said: 'too old resource version',
		code: 'kubernetes-expired',
		who: 'operator',
		cause: 'The server no longer keeps the version of the list that was being read.',
		fix: 'Try again.',
	},
	{
		status: 422,
		reason: 'Invalid',
		said: 'Secret "x" is invalid',
		code: 'kubernetes-invalid',
		who: 'operator',
		cause: 'The server finds the object invalid; its own words are below.',
		fix: 'Change the answers that the named fields come from.',
	},
	{
		status: 429,
		reason: 'TooManyRequests',
		said: 'too many requests',
		code: 'kubernetes-busy',
		who: 'cluster admin',
		cause: 'The API server is overloaded and asks its clients to wait.',
		fix: 'Try again in a minute.',
	},
	{
		status: 500,
		reason: 'InternalError',
		said: 'etcd is slow',
		code: 'kubernetes-server-error',
		who: 'cluster admin',
		cause: 'The API server, or a proxy before it, reports an error of its own.',
		fix: 'Try again; if it stays, have the health of the control plane looked at.',
	},
	{
		status: 405,
		reason: 'MethodNotAllowed',
		said: 'no',
		code: 'kubernetes-refused',
		who: 'operator',
		cause: 'The server gave the reason below.',
		fix: 'Mend what the server complains of, then try again.',
	},
];

describe('a refusal', () => {
	it.each(rows)('with $status $reason "$said" becomes $code', async ({status, reason, said, ...told}) => {
		const {cluster} = await start(({method}) => (method === 'POST' ? {status, reason, said} : undefined));
		const found = await problemOf(cluster.create(secret, signal));
		expect(found).toMatchObject({...told, area: 'cluster', evidence: [said]});
		expect(found.message).toBe(
			`The cluster at ${cluster.server} refused to create secret zenml-pro/zenml-tls (HTTP ${status}, ${reason}).`,
		);
		expect(JSON.stringify(found)).not.toContain('c2VjcmV0');
	});

	it('before the first answer is a prerequisite', async () => {
		const {cluster} = await start(() => ({status: 503, reason: 'ServiceUnavailable', said: 'starting'}), {bare: true});
		expect(await problemOf(cluster.version(signal))).toMatchObject({
			code: 'kubernetes-server-error',
			area: 'cluster',
		});
	});

	it('names the other managers and the fields of a conflict, for people and for code', async () => {
		const causes = [
			{reason: 'FieldManagerConflict', message: 'conflict with "helm" using v1', field: '.data.a'},
			{reason: 'FieldManagerConflict', message: 'conflict with "kubectl-edit" using v1', field: '.data.b'},
			{reason: 'FieldManagerConflict'},
			{reason: 'FieldValueRequired', message: 'Required value', field: 'spec'},
		];
		const said = 'Apply failed with 2 conflicts';
		const {cluster} = await start(({method}) =>
			method === 'PATCH' ? {status: 409, reason: 'Conflict', said, details: {causes}} : undefined,
		);
		const error = await errorOf(cluster.apply(secret, {signal}));
		expect(error.problem).toMatchObject({
			code: 'kubernetes-field-conflict',
			area: 'cluster',
			cause: 'helm, kubectl-edit, ? also manages: .data.a, .data.b, ?.',
			fix: 'Find out why helm, kubectl-edit, ? sets these fields; let it give them up, or remove the object and try again.',
		});
		expect(error.problem.evidence).toContain('spec: Required value');
		expect(error).toBeInstanceOf(KubernetesError);
		expect(error).toMatchObject({status: 409, reason: 'Conflict', managers: ['helm', 'kubectl-edit', '?']});
	});

	it('of something before the API server is told by the beginning of its page', () => {
		const deed = {deed: 'tell its version', server: 'https://s', area: 'cluster'} as const;
		const {problem} = statusError(502, `<html>${'x'.repeat(1000)}`, deed);
		expect(problem).toMatchObject({
			code: 'kubernetes-server-error',
			message: 'The cluster at https://s refused to tell its version (HTTP 502).',
		});
		expect(problem.evidence?.[0]).toMatch(/^.{500}…$/u);
		expect(statusError(400, null, deed).problem.evidence).toEqual(['null']);
		expect(statusError(400, {}, deed).problem.evidence).toBeUndefined();
	});

	it('of a kind that the cluster does not serve says so, and such an object is not there', async () => {
		const {cluster} = await start(({path}) =>
			path === '/apis/example.com/v1' ? {status: 404, reason: 'NotFound', said: 'no such group'} : undefined,
		);
		const object = {apiVersion: 'example.com/v1', kind: 'Widget', metadata: {name: 'a'}};
		expect(await problemOf(cluster.apply(object, {signal}))).toMatchObject({
			code: 'kubernetes-no-such-kind',
			who: 'cluster admin',
			message: `The cluster at ${cluster.server} has no kind Widget in example.com/v1.`,
			cause: 'The Kubernetes version is too old or too new for it, or a needed add-on is not installed.',
			fix: 'Check the version of the cluster and its add-ons.',
		});
		expect(await cluster.get({...object, name: 'a'}, signal)).toBeUndefined();
		await cluster.delete({...object, name: 'a'}, signal);
	});
});
