import type {ProblemCode} from '../../../base/problem.ts';

/**
 * What passes by itself after a rollout: load balancers and ingress controllers hear of new pods by and by, and until then pages of their
 * own may answer in the servers' place.
 */
export const settling: readonly ProblemCode[] = [
	'https-unreachable',
	'https-reset',
	'https-time-out',
	'zenml-not-ready',
	'zenml-api-not-itself',
];
