import {ProblemError} from '../../../base/problem.ts';
import type {CaseOf} from '../../../base/problem-table.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import type {Change} from '../../../engine/plan.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';
import {managedBy} from '../names.ts';
import {objectParts} from '../preview/object.ts';
import {holdsAll, type Owner, otherOwner} from './owners.ts';

const label = 'app.kubernetes.io/managed-by';

/** An object that is not as wanted, and what is to be done to it. */
type Todo = {readonly object: KubeObject; readonly change: Change};

/** How objects are named, in the field's words (`secret zenml-pro/zenml-tls`), and which answers choose their names. */
export type Naming = {
	readonly nameOf: (object: KubeObject) => string;
	readonly answerOf?: (
		object: KubeObject,
	) =>
		| {readonly name: CaseOf<typeof stepProblems.table, 'object-of-others'>; readonly answers: readonly string[]}
		| undefined;
};

const ofOthers = (object: KubeObject, owner: Owner, {nameOf, answerOf}: Naming): ProblemError => {
	const {kind, metadata} = object;
	const {name, answers} = answerOf?.(object) ?? {name: 'other' as const, answers: []};
	const place = `${kind.toLowerCase()} ${metadata.name}`;
	const look = `kubectl -n ${metadata.namespace} get ${place} -o yaml --show-managed-fields`;
	const adopt = `or, to let this install have it: kubectl -n ${metadata.namespace} label ${place} ${label}=${managedBy[label]} --overwrite`;
	return stepProblems.error(
		'object-of-others',
		{case: name, object: nameOf(object), owner: owner.words},
		{answers, nextSteps: [look, ...(owner.isMarked ? [adopt] : [])]},
	);
};

const lookAt = async (world: World, object: KubeObject, naming: Naming): Promise<Change | ProblemError | undefined> => {
	const {cluster, signal} = world;
	const {apiVersion, kind, metadata} = object;
	const {name, namespace} = metadata;
	const target = naming.nameOf(object);
	const live = await cluster.get({apiVersion, kind, name, namespace}, signal);
	if (!live) return {action: 'create', target, opens: objectParts(world, undefined, object)};
	const owner = otherOwner(live);
	// What somebody else keeps there serves as it is, or is left alone.
	if (owner !== undefined) return holdsAll(live, object) ? undefined : ofOthers(object, owner, naming);
	const fields = await cluster.diff(object, signal);
	if (fields.length === 0) return undefined;
	return {action: 'update', target, detail: fields.join(', '), opens: objectParts(world, live, object)};
};

/** The first problem, with the others beside it: nobody shall come back for the second. */
const together = ([first, ...others]: readonly ProblemError[]): ProblemError | undefined =>
	first?.with({
		evidence: others.map(({message}) => message),
		answers: [...new Set([first, ...others].flatMap(({problem: {answers = []}}) => answers))],
	});

/**
 * Objects of the cluster that are not as wanted. Fields that differ are named, never their values. What belongs to somebody else and
 * holds all that is wanted is left as it is.
 * @throws ProblemError `object-of-others`
 */
export const objectsToDo = async (
	world: World,
	objects: readonly KubeObject[],
	naming: Naming,
): Promise<readonly Todo[]> => {
	const seen = await Promise.all(objects.map(async (object) => ({object, found: await lookAt(world, object, naming)})));
	const problem = together(seen.flatMap(({found}) => (found instanceof ProblemError ? [found] : [])));
	if (problem) throw problem;
	return seen.flatMap(({object, found}) =>
		found === undefined || found instanceof ProblemError ? [] : [{object, change: found}],
	);
};

/** The same as changes, for a look. @throws ProblemError `object-of-others` */
export const objectChanges = async (
	world: World,
	objects: readonly KubeObject[],
	naming: Naming,
): Promise<readonly Change[]> => (await objectsToDo(world, objects, naming)).map(({change}) => change);
