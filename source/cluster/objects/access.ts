import type * as z from 'zod';
import {inPool} from '../../base/pool.ts';
import type {Requests} from '../requests.ts';
import type {Access, ClusterPort} from '../types.ts';
import {reviewShape} from './shapes.ts';

/** Reviews at a time. */
const parallel = 8;

/** The question for one access; `pods/log` as resource means the subresource `log` of pods. */
const reviewOf = ({verb, group, resource: path, namespace}: Access) => {
	const [resource, subresource] = path.split('/');
	return {
		apiVersion: 'authorization.k8s.io/v1',
		kind: 'SelfSubjectAccessReview',
		// What is undefined does not travel.
		spec: {resourceAttributes: {verb, group, resource, subresource, namespace}},
	};
};

/** Why an access is denied, in the server's words; undefined where it is allowed. */
const denialIn = ({status}: z.output<typeof reviewShape>): string | undefined => {
	if (status?.allowed === true) return undefined;
	return status?.reason || status?.evaluationError || 'no role of this user allows it';
};

/**
 * Asks the cluster for each access with a SelfSubjectAccessReview (authorization.k8s.io/v1), a few at a time.
 * Returns the denied ones, in the order asked.
 */
export const createDenied =
	(requests: Requests): ClusterPort['denied'] =>
	async (accesses, signal) => {
		const reasons = await inPool(accesses, parallel, async (access) => {
			const answer = await requests.send({
				method: 'POST',
				path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
				body: reviewOf(access),
				deed: `say whether this user may ${access.verb} ${access.resource}`,
				reads: true,
				signal,
			});
			return denialIn(answer.as(reviewShape));
		});
		return accesses.flatMap((access, index) => {
			const reason = reasons[index];
			return reason === undefined ? [] : [{...access, reason}];
		});
	};
