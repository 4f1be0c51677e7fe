import type {Requests} from './requests.ts';
import type {ClusterPort} from './types.ts';

const parallel = 8;

type Review = {
	readonly status?: {readonly allowed?: boolean; readonly reason?: string; readonly evaluationError?: string};
};

/**
 * Asks the cluster for each access with a SelfSubjectAccessReview (authorization.k8s.io/v1), at most 8 at a time.
 * `pods/log` as resource means the subresource `log` of pods. Returns the denied ones, in the order asked.
 */
export const createDenied =
	(requests: Requests): ClusterPort['denied'] =>
	async (accesses, signal) => {
		const reasons = new Array<string | undefined>(accesses.length);
		let next = 0;
		const worker = async (): Promise<void> => {
			for (;;) {
				const index = next++;
				const access = accesses[index];
				if (!access) return;
				const {verb, group, namespace} = access;
				const [resource, subresource] = access.resource.split('/');
				const {body} = await requests.send({
					method: 'POST',
					path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
					body: {
						apiVersion: 'authorization.k8s.io/v1',
						kind: 'SelfSubjectAccessReview',
						spec: {resourceAttributes: {verb, group, resource, subresource, namespace}},
					},
					deed: `say whether this user may ${verb} ${access.resource}`,
					reads: true,
					signal,
				});
				const {status} = body as Review;
				if (status?.allowed !== true)
					reasons[index] = status?.reason || status?.evaluationError || 'no role of this user allows it';
			}
		};
		await Promise.all(Array.from({length: Math.min(parallel, accesses.length)}, worker));
		return accesses.flatMap((access, index) => {
			const reason = reasons[index];
			return reason === undefined ? [] : [{...access, reason}];
		});
	};
