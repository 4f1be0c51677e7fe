import {type Problem, type ProblemCode, ProblemError} from '../../../base/problem.ts';
import {isMap} from '../../../base/text.ts';
import type {RenderedObject} from '../../../charts/index.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';

/** Refusals of the object itself; others are about the way there, what this login may do, or room that this install may fill itself. */
const refusals: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
	'kubernetes-admission-denied',
	'kubernetes-invalid',
	'kubernetes-pod-security',
]);

/** Kinds whose rules look at what the charts write. Secrets and Jobs are left out: made-up values, and templates that never change. */
const tried: ReadonlySet<string> = new Set([
	'Deployment',
	'HorizontalPodAutoscaler',
	'Ingress',
	'HTTPRoute',
	'PodDisruptionBudget',
	'Route',
	'Service',
	'StatefulSet',
]);

/** A pod of a Deployment or Job by itself: only then do the rules for pods look at it. Its account may not be there yet. */
const podOf = ({kind, metadata, spec}: RenderedObject, namespace: string): readonly KubeObject[] => {
	const template = isMap(spec) && isMap(spec.template) ? spec.template : undefined;
	if (!template || !isMap(template.spec)) return [];
	const {serviceAccountName: _account, ...pod} = template.spec;
	const given = isMap(template.metadata) ? template.metadata : {};
	const name = `${metadata.name.slice(0, 40)}-${kind.toLowerCase()}-dry-run`;
	return [{apiVersion: 'v1', kind: 'Pod', metadata: {...given, name, namespace}, spec: pod}];
};

const objectsToTry = (objects: readonly RenderedObject[], namespace: string): readonly KubeObject[] =>
	objects.flatMap((object) => {
		const {apiVersion} = object;
		const metadata = {...object.metadata, namespace};
		const own = tried.has(object.kind) && typeof apiVersion === 'string' ? [{...object, apiVersion, metadata}] : [];
		return [...own, ...podOf(object, namespace)];
	});

/** What came of trying one object: the refusal, or whether it could be tried at all. */
const tryOne = async ({cluster, signal}: World, object: KubeObject): Promise<Problem | 'taken' | 'untried'> => {
	try {
		await cluster.apply(object, {dryRun: true, force: true, signal});
		return 'taken';
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof ProblemError)) throw error;
		const {code, cause, evidence = []} = error.problem;
		if (!refusals.has(code)) return 'untried';
		const {kind, metadata} = object;
		const facts = {
			object: `${kind} ${metadata.name}`,
			namespace: metadata.namespace ?? '',
			words: evidence[0] ?? cause,
		};
		return stepProblems.problem('namespace-admission', facts, {evidence});
	}
};

/**
 * Asks the cluster to take what is rendered, without making it (`dryRun=All`): webhooks and policies answer as they will at the install.
 * @returns refusals, and how many objects could not be tried, as this login may not, or a webhook takes no dry run
 */
export const tryObjects = async (
	world: World,
	objects: readonly RenderedObject[],
	namespace: string,
): Promise<{readonly problems: readonly Problem[]; readonly untried: number}> => {
	const found = await Promise.all(objectsToTry(objects, namespace).map(async (object) => tryOne(world, object)));
	return {
		problems: found.filter((one) => typeof one !== 'string'),
		untried: found.filter((one) => one === 'untried').length,
	};
};
