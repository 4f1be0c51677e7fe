const deployment = 'deployment.kubernetes.io';

/** Annotations by which the Deployment controller remembers, on ReplicaSets and on the Deployment. */
export const revisionKey = `${deployment}/revision`;
export const historyKey = `${deployment}/revision-history`;
export const desiredKey = `${deployment}/desired-replicas`;
export const maxKey = `${deployment}/max-replicas`;

/** Not handed down to ReplicaSets (k8s.io/kubernetes/pkg/controller/deployment/util). */
export const ownKeys: ReadonlySet<string> = new Set([
	'kubectl.kubernetes.io/last-applied-configuration',
	revisionKey,
	historyKey,
	desiredKey,
	maxKey,
	'deprecated.deployment.rollback.to',
]);
