import type * as z from 'zod';
import {inPool} from '../../base/pool.ts';
import type {Requests} from '../requests.ts';
import type {Access, ClusterPort} from '../types.ts';
import {type Rule, readRules, rulesAllow} from './rules.ts';
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

/** So many accesses in one namespace are worth the question for its rules before. */
const worthRules = 5;

/** The rules of each namespace of which much is asked: twenty workspaces are some twelve hundred accesses. */
const rulesByNamespace = async (
	requests: Requests,
	accesses: readonly Access[],
	signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Rule[]>> => {
	const counts = new Map<string, number>();
	for (const {namespace} of accesses) if (namespace) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
	const asked = [...counts].filter(([, count]) => count >= worthRules).map(([namespace]) => namespace);
	const rules = await inPool(asked, parallel, async (namespace) => readRules(requests, namespace, signal));
	return new Map(asked.map((namespace, index) => [namespace, rules[index] ?? []]));
};

/**
 * Asks the cluster what this login may not do: for the rules of namespaces first, and with a SelfSubjectAccessReview
 * (authorization.k8s.io/v1) for each access that they do not allow, a few at a time. Returns the denied ones, in the order asked.
 */
export const createDenied =
	(requests: Requests): ClusterPort['denied'] =>
	async (accesses, signal) => {
		const rules = await rulesByNamespace(requests, accesses, signal);
		const reasons = await inPool(accesses, parallel, async (access) => {
			if (rulesAllow(rules.get(access.namespace ?? '') ?? [], access)) return undefined;
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
