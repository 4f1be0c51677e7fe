import type * as z from 'zod';
import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import type {Requests} from '../requests.ts';
import type {Access} from '../types.ts';
import {rulesShape} from './shapes.ts';

/** What a login may do in a namespace, as a role says it. */
export type Rule = NonNullable<
	NonNullable<NonNullable<z.output<typeof rulesShape>['status']>['resourceRules']>[number]
>;

const holds = (list: readonly string[] | undefined, wanted: string): boolean =>
	list?.some((one) => one === '*' || one === wanted) ?? false;

const holdsResource = (list: readonly string[] | undefined, resource: string): boolean => {
	const [, subresource] = resource.split('/');
	return holds(list, resource) || (subresource !== undefined && (list?.includes(`*/${subresource}`) ?? false));
};

/** Does one of the rules allow it, whatever the object is called? (Kubernetes documentation, "Using RBAC Authorization") */
export const rulesAllow = (rules: readonly Rule[], {verb, group, resource}: Access): boolean =>
	rules.some(
		({verbs, apiGroups, resources, resourceNames}) =>
			(resourceNames?.length ?? 0) === 0 &&
			holds(verbs, verb) &&
			holds(apiGroups, group) &&
			holdsResource(resources, resource),
	);

/** Where the question itself is refused or unknown, each access is asked for. */
const unanswered: ReadonlySet<string> = new Set<ProblemCode>([
	'kubernetes-forbidden',
	'kubernetes-not-found',
	'kubernetes-refused',
	'kubernetes-no-such-kind',
]);

/**
 * The rules of this login in a namespace, as far as the cluster can list them (SelfSubjectRulesReview, authorization.k8s.io/v1); what is
 * not among them may be allowed all the same.
 */
export const readRules = async (
	requests: Requests,
	namespace: string,
	signal: AbortSignal,
): Promise<readonly Rule[]> => {
	try {
		const answer = await requests.send({
			method: 'POST',
			path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
			body: {apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: {namespace}},
			deed: `say what this user may do in ${namespace}`,
			reads: true,
			signal,
		});
		return answer.as(rulesShape).status?.resourceRules ?? [];
	} catch (error) {
		if (error instanceof ProblemError && unanswered.has(error.problem.code)) return [];
		throw error;
	}
};
