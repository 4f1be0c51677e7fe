import {ProblemError} from '../../base/problem.ts';
import {counted, firstOf} from '../../base/text.ts';
import type {Access} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import {accessesNeeded, accessText, type DeniedAccess, isForChecksOnly} from '../shared/accesses.ts';
import type {Check} from '../shared/checks.ts';
import {namespacesOf} from '../shared/names.ts';
import type {World} from '../world.ts';

/** Are all namespaces there, and may this login see each of them? Then nobody has to make one. */
const areNamespacesThere = async ({cluster, answers, signal}: World): Promise<boolean> => {
	const isThere = async (name: string): Promise<boolean> => {
		try {
			return (await cluster.get({apiVersion: 'v1', kind: 'Namespace', name}, signal)) !== undefined;
		} catch (error) {
			if (error instanceof ProblemError && error.problem.code === 'kubernetes-forbidden') return false;
			throw error;
		}
	};
	return (await Promise.all(namespacesOf(answers).map(isThere))).every(Boolean);
};

/** What is denied and needed: an admin of namespaces that are made already needs nothing of the cluster as a whole. */
const missing = async (world: World, denied: readonly DeniedAccess[]): Promise<readonly DeniedAccess[]> => {
	const needed = denied.filter((access) => !isForChecksOnly(access));
	const onNamespaces = ({resource}: Access): boolean => resource === 'namespaces';
	if (!needed.some(onNamespaces) || !(await areNamespacesThere(world))) return needed;
	return needed.filter((access) => !onNamespaces(access));
};

/** The login may do everything that the install will do. */
export const permissions: Check = {
	label: 'Permissions',
	asks: 'cluster',
	run: async (world) => {
		const {cluster, answers, signal} = world;
		const needed = accessesNeeded(answers);
		const denied = (await missing(world, await cluster.denied(needed, signal))).map(accessText);
		if (denied.length === 0) return {note: `${counted(needed.length, 'verb')} allowed`};
		throw stepProblems.error(
			'kubernetes-permissions',
			{denied: denied.length, needed: needed.length, first: firstOf(denied, 3, '; ')},
			{evidence: denied},
		);
	},
};
