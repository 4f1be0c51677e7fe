import {describe, expect, test} from 'vitest';
import type {Problem} from '../../source/base/problem.ts';
import {helmFailure} from '../../source/helm/failures.ts';
import type {helmProblems} from '../../source/helm/problems.ts';

const what = 'upgrade of release zenml in namespace z';

type Row = {
	readonly code: keyof typeof helmProblems.table;
	readonly who?: Problem['who'];
	readonly cause: string;
	readonly fix: string;
	readonly answers?: readonly string[];
	/** What Helm and the API server behind it say. */
	readonly said: readonly string[];
};

const rows: readonly Row[] = [
	{
		code: 'helm-hook-failed',
		cause: 'A hook of the chart failed: for these charts that is the Job that migrates the database.',
		fix: 'Read the log of the migration Job: most often the database refused the connection, the login or a privilege.',
		said: [
			'Error: UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* timed out waiting for the condition',
			'Error: INSTALLATION FAILED: failed pre-install: 1 error occurred:\n\t* job zenml-db-migration failed: BackoffLimitExceeded',
		],
	},
	{
		code: 'helm-job-failed',
		cause: 'A Job of the release failed.',
		fix: 'Read the log of the Job named below.',
		said: ['Error: INSTALLATION FAILED: job zenml-prune failed: BackoffLimitExceeded'],
	},
	{
		code: 'helm-timeout',
		cause: 'The objects were created, but not all of them got ready in time.',
		fix: 'Look at the pods and events of the namespace: a missing image, too little memory, or a server that cannot start.',
		answers: ['helm.timeoutMinutes'],
		said: [
			'Error: UPGRADE FAILED: timed out waiting for the condition',
			'Error: INSTALLATION FAILED: resource Deployment/z/zenml not ready. status: InProgress, message: Available: 0/1\ncontext deadline exceeded',
		],
	},
	{
		code: 'helm-conflict',
		cause: 'Another program or person owns fields of an object that the chart sets (another field manager).',
		fix: 'Undo that change where it was made (an edit by hand, an operator, a GitOps controller), then try again.',
		said: [
			'Error: UPGRADE FAILED: conflict occurred while applying object z/zenml apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
		],
	},
	{
		code: 'helm-forbidden',
		who: 'cluster admin',
		cause: 'The account in the kubeconfig lacks a right in this namespace.',
		fix: 'Grant the verb and resource named below, or use another account.',
		answers: ['kubernetes.kubeconfig'],
		said: [
			'Error: INSTALLATION FAILED: secrets is forbidden: User "dev" cannot create resource "secrets" in API group "" in the namespace "z"',
		],
	},
	{
		code: 'helm-quota',
		who: 'cluster admin',
		cause: 'A resource quota or limit range of the namespace refused an object.',
		fix: 'Ask for a larger quota, or lower the resources in the answers.',
		said: ['Error: INSTALLATION FAILED: pods "x" is forbidden: exceeded quota: small, requested: cpu=2'],
	},
	{
		code: 'helm-admission-denied',
		who: 'cluster admin',
		cause: 'A policy of the cluster refused an object.',
		fix: 'Read the policy named below; ask for an exception or change the answers it objects to.',
		said: ['Error: INSTALLATION FAILED: admission webhook "validate.kyverno.svc-fail" denied the request: no root'],
	},
	{
		code: 'helm-unknown-kind',
		who: 'cluster admin',
		cause: 'The chart uses a kind or API version that this cluster does not serve, or a field it does not know.',
		fix: 'Use a bundle whose charts fit this Kubernetes version, or install what serves that kind.',
		said: [
			'Error: unable to build kubernetes objects from release manifest: resource mapping not found for name: "x": no matches for kind "HTTPRoute" in version "gateway.networking.k8s.io/v1"',
		],
	},
	{
		code: 'helm-kube-version',
		who: 'cluster admin',
		cause: 'The chart does not support the Kubernetes version of this cluster.',
		fix: 'Use a bundle whose charts support this cluster, or upgrade the cluster.',
		said: [
			'Error: INSTALLATION FAILED: chart requires kubeVersion: >=1.24.0-0 which is incompatible with Kubernetes v1.20.2',
		],
	},
	{
		code: 'helm-unreachable',
		cause: 'Helm could not reach the Kubernetes API.',
		fix: 'Check the address, the network path and the certificate in the kubeconfig until this answers:',
		answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
		said: [
			'Error: Kubernetes cluster unreachable: Get "https://10.0.0.1:6443/version": dial tcp 10.0.0.1:6443: connect: connection refused',
		],
	},
	{
		code: 'helm-kubeconfig',
		cause: 'The kubeconfig or its context cannot be used.',
		fix: 'Set kubernetes.kubeconfig and kubernetes.context to a cluster you can reach.',
		answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
		said: ['Error: context "prod" does not exist'],
	},
	{
		code: 'helm-busy',
		cause: 'Another Helm run is changing this release right now.',
		fix: 'Find out who else installs here (a pipeline, a GitOps controller), let it end or stop it, then try again.',
		said: ['Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress'],
	},
	{
		code: 'helm-render-failed',
		who: 'bug',
		cause: 'The chart could not be rendered with the values made from the answers.',
		fix: 'Check that the chart in the bundle is one of the supported versions; if it is, this is a bug of this tool.',
		said: ['Error: execution error at (zenml/templates/server.yaml:3:4): server.pro.enrollmentKey is needed'],
	},
	{
		code: 'helm-chart-unreadable',
		who: 'vendor',
		cause: 'The chart archive could not be read.',
		fix: 'Verify the bundle again; copy it anew if it is damaged.',
		said: ['Error: gzip: invalid header', 'Error: Chart.yaml file is missing'],
	},
	{
		code: 'helm-unauthorized',
		cause: 'The Kubernetes API did not accept the login in the kubeconfig; it may have expired.',
		fix: 'Log in to the cluster again, then try again.',
		answers: ['kubernetes.kubeconfig'],
		said: ['Error: the server has asked for the client to provide credentials (Unauthorized)'],
	},
	{
		code: 'helm-namespace-missing',
		cause: 'The namespace does not exist.',
		fix: 'Run the step that creates namespaces again.',
		said: ['Error: INSTALLATION FAILED: create: failed to create: namespaces "z" not found'],
	},
	{
		code: 'helm-release-missing',
		cause: 'There is no such release or revision in this namespace.',
		fix: 'Check release name and namespace in the answers.',
		said: ['Error: release: not found'],
	},
	{
		code: 'helm-webhook-unreachable',
		who: 'cluster admin',
		cause:
			'A program that must approve every object (an admission webhook) does not answer, so the cluster refuses all of them.',
		fix: 'Repair the webhook named below; often its own pods are down, or a network policy keeps the API server away.',
		said: [
			'Error: UPGRADE FAILED: failed to create resource: Internal error occurred: failed calling webhook "validate.nginx.ingress.kubernetes.io": dial tcp 10.0.0.1:443: connect: connection refused',
		],
	},
	{
		code: 'helm-immutable',
		cause: 'The new chart changes a field that Kubernetes never lets change.',
		fix: 'Delete the object named below (its data lives in the database), then try again.',
		said: [
			'Error: UPGRADE FAILED: cannot patch "x" with kind StatefulSet: spec: Forbidden: updates to statefulset spec for fields other than replicas are forbidden',
			'Error: UPGRADE FAILED: cannot patch "zenml" with kind Deployment: spec.selector: Invalid value: {}: field is immutable',
		],
	},
	{
		code: 'helm-failed',
		cause: 'Helm ended with exit code 1; its own words are below.',
		fix: "Read Helm's own words below; every run of this step starts from what is there.",
		said: ['Error: something new'],
	},
];

describe('a failure of helm', () => {
	test.each(rows.flatMap((row) => row.said.map((said) => ({...row, said}))))(
		'that says "$said" is sorted as $code',
		({said, code, who = 'operator', cause, fix, answers}) => {
			const {problem} = helmFailure({what}, said, 1);
			expect(problem).toMatchObject({code, who, area: 'cluster', message: `Helm failed: ${what}.`, cause, fix});
			expect(problem.answers).toEqual(answers);
			expect(problem.evidence?.join('\n')).toContain(said.split('\n').at(-1)?.trim());
		},
	);

	const taken =
		'Error: INSTALLATION FAILED: unable to continue with install: Service "zenml" in namespace "z" exists and cannot be imported into the current release: invalid ownership metadata';

	test.each([
		['workspaces.1', ['workspaces.1.namespace', 'workspaces.1.release']],
		['controlPlane', ['controlPlane.namespace', 'controlPlane.release']],
		[undefined, undefined],
	] as const)(
		'about objects of somebody else names the answers of the component it is about: %s',
		(component, answers) => {
			const {problem} = helmFailure({what, component}, taken, 1);
			expect(problem).toMatchObject({
				code: 'helm-ownership',
				cause: 'An object of that name exists already and belongs to something else.',
				fix: 'Remove or rename that object, or choose another namespace or release name.',
			});
			expect(problem.answers).toEqual(answers);
		},
	);

	test('of a program that was killed has no exit code', () => {
		expect(helmFailure({what}, '', undefined).problem).toMatchObject({
			code: 'helm-failed',
			cause: 'Helm ended with exit code unknown; its own words are below.',
		});
	});

	test('after warnings is decided by the error, which alone is evidence', () => {
		const said = 'WARNING: Kubernetes configuration file is group-readable.\nError: something new';
		expect(helmFailure({what}, said, 1).problem).toMatchObject({
			code: 'helm-failed',
			evidence: ['Error: something new'],
		});
	});

	test('that only warns has its warnings as evidence, the last ones of many', () => {
		const said = Array.from({length: 20}, (_, index) => `WARNING: number ${index}`).join('\n');
		const {problem} = helmFailure({what}, said, 1);
		expect(problem.evidence).toHaveLength(15);
		expect(problem.evidence?.at(-1)).toBe('WARNING: number 19');
	});
});
