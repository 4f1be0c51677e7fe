import {firstOf} from '../../base/text.ts';
import type {Access} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import {accessesNeeded} from '../shared/accesses.ts';
import type {Check} from '../shared/checks.ts';

/** `create secrets in zenml-pro: no RBAC policy matched`. */
const wordsOf = ({verb, group, resource, namespace, reason}: Access & {readonly reason: string}): string =>
	`${verb} ${resource}${group ? `.${group}` : ''}${namespace ? ` in ${namespace}` : ''}${reason ? `: ${reason}` : ''}`;

/** The login may do everything that the install will do. */
export const permissions: Check = {
	label: 'Permissions',
	run: async ({cluster, answers, signal}) => {
		const needed = accessesNeeded(answers);
		const denied = (await cluster.denied(needed, signal)).map(wordsOf);
		if (denied.length === 0) return {note: `${needed.length} verbs allowed`};
		throw stepProblems.error(
			'kubernetes-permissions',
			{denied: denied.length, needed: needed.length, first: firstOf(denied, 3, '; ')},
			{evidence: denied},
		);
	},
};
