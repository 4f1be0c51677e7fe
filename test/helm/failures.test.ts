import {expect, test} from 'vitest';
import {helmFailure} from '../../source/helm/failures.ts';

/** Left: what Helm and the API server say; right: the code it is sorted under. */
test.each([
	[
		'Error: UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* timed out waiting for the condition',
		'helm-hook-failed',
	],
	[
		'Error: INSTALLATION FAILED: failed pre-install: 1 error occurred:\n\t* job zenml-db-migration failed: BackoffLimitExceeded',
		'helm-hook-failed',
	],
	['Error: UPGRADE FAILED: timed out waiting for the condition', 'helm-timeout'],
	[
		'Error: INSTALLATION FAILED: resource Deployment/z/zenml not ready. status: InProgress, message: Available: 0/1\ncontext deadline exceeded',
		'helm-timeout',
	],
	[
		'Error: UPGRADE FAILED: conflict occurred while applying object z/zenml apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
		'helm-conflict',
	],
	[
		'Error: INSTALLATION FAILED: secrets is forbidden: User "dev" cannot create resource "secrets" in API group "" in the namespace "z"',
		'helm-forbidden',
	],
	['Error: INSTALLATION FAILED: pods "x" is forbidden: exceeded quota: small, requested: cpu=2', 'helm-quota'],
	[
		'Error: INSTALLATION FAILED: admission webhook "validate.kyverno.svc-fail" denied the request: no root',
		'helm-admission-denied',
	],
	[
		'Error: unable to build kubernetes objects from release manifest: resource mapping not found for name: "x": no matches for kind "HTTPRoute" in version "gateway.networking.k8s.io/v1"',
		'helm-unknown-kind',
	],
	[
		'Error: INSTALLATION FAILED: chart requires kubeVersion: >=1.24.0-0 which is incompatible with Kubernetes v1.20.2',
		'helm-kube-version',
	],
	[
		'Error: Kubernetes cluster unreachable: Get "https://10.0.0.1:6443/version": dial tcp 10.0.0.1:6443: connect: connection refused',
		'helm-unreachable',
	],
	['Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress', 'helm-busy'],
	[
		'Error: INSTALLATION FAILED: unable to continue with install: Service "zenml" in namespace "z" exists and cannot be imported into the current release: invalid ownership metadata',
		'helm-ownership',
	],
	[
		'Error: execution error at (zenml/templates/server.yaml:3:4): server.pro.enrollmentKey is needed',
		'helm-render-failed',
	],
	['Error: the server has asked for the client to provide credentials (Unauthorized)', 'helm-unauthorized'],
	['Error: release: not found', 'helm-release-missing'],
	[
		'Error: UPGRADE FAILED: failed to create resource: Internal error occurred: failed calling webhook "validate.nginx.ingress.kubernetes.io": dial tcp 10.0.0.1:443: connect: connection refused',
		'helm-webhook-unreachable',
	],
	[
		'Error: UPGRADE FAILED: cannot patch "x" with kind StatefulSet: spec: Forbidden: updates to statefulset spec for fields other than replicas are forbidden',
		'helm-immutable',
	],
	[
		'Error: UPGRADE FAILED: cannot patch "zenml" with kind Deployment: spec.selector: Invalid value: {}: field is immutable',
		'helm-immutable',
	],
	['Error: something new', 'helm-failed'],
])('"%s" is sorted as %s', (stderr, code) => {
	const {problem} = helmFailure('upgrade of release zenml in namespace z', stderr, 1);
	expect(problem).toMatchObject({code, area: 'cluster'});
	expect(problem.evidence?.join('\n')).toContain(stderr.split('\n').at(-1)?.trim());
	expect(problem.fix).not.toBe('');
});

test('warnings before the error neither decide the cause nor fill the evidence', () => {
	const {problem} = helmFailure(
		'x',
		'WARNING: Kubernetes configuration file is group-readable.\nError: something new',
		1,
	);
	expect(problem.code).toBe('helm-failed');
	expect(problem.evidence).toEqual(['Error: something new']);
});
