import {type Problem, ProblemError, toProblem} from '../../base/problem.ts';
import {isMap} from '../../base/text.ts';
import type {RenderedObject} from '../../charts/index.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {parseReference} from '../../oci/reference.ts';
import {namespaceNamed, terminating} from '../namespaces.ts';
import {plannedPods} from '../prerequisites/admission/pods.ts';
import {namespaceProblems} from '../prerequisites/namespace-rules.ts';
import {stepProblems} from '../problems.ts';
import {refuse} from '../shared/checks.ts';
import type {World} from '../world.ts';
import {scheduleNamespace} from './names.ts';

/** What is known of the namespace; `hidden` where this login may not look: then it has to be there. */
const seen = async ({cluster, signal}: World, name: string): Promise<KubeObject | 'hidden' | undefined> => {
	try {
		return await cluster.get(namespaceNamed(name), signal);
	} catch (error) {
		if (error instanceof ProblemError && error.problem.code === 'kubernetes-forbidden') return 'hidden';
		throw error;
	}
};

/**
 * Whether the namespace of the schedule is still to be made.
 * @throws ProblemError `namespace-terminating`; `schedule-namespace-missing` where this login may not make it
 */
export const lacksNamespace = async (world: World): Promise<boolean> => {
	const name = scheduleNamespace(world.answers);
	const live = await seen(world, name);
	if (live === 'hidden') return false;
	refuse(terminating(live));
	if (live) return false;
	const denied = await world.cluster.denied([{verb: 'create', group: '', resource: 'namespaces'}], world.signal);
	if (denied.length > 0) throw stepProblems.error('schedule-namespace-missing', {namespace: name});
	return true;
};

/**
 * Whether the internal registry has the image that the CronJobs run; another registry is not asked.
 * @returns a warning where the registry does not say
 * @throws ProblemError `schedule-image-missing`
 */
export const requireImage = async (world: World, image: string): Promise<readonly string[]> => {
	const {answers, registry, signal} = world;
	const {host, repository, digest, tag = 'latest'} = parseReference(image);
	if (host !== answers.registry.host.toLowerCase()) return [];
	const found = await registry.manifestDigest(repository, digest ?? tag, signal).catch((error: unknown) => {
		signal.throwIfAborted();
		return toProblem(error);
	});
	if (found === undefined) throw stepProblems.error('schedule-image-missing', {image});
	return typeof found === 'string' ? [] : [`whether ${host} has ${image} was not checked: ${found.message}`];
};

/** The Job that a CronJob makes, as admission sees it. */
const jobOf = ({metadata, spec}: KubeObject): readonly RenderedObject[] => {
	const template = isMap(spec) && isMap(spec.jobTemplate) ? spec.jobTemplate.spec : undefined;
	const {name, namespace} = metadata;
	return isMap(template)
		? [{apiVersion: 'batch/v1', kind: 'Job', metadata: {name, namespace}, spec: template} as RenderedObject]
		: [];
};

/** No answer changes what these pods ask for. */
const withoutAmounts = ({code, ...problem}: Problem): Problem =>
	code === 'namespace-pod-security' ? {code, ...problem} : {code, ...problem, answers: []};

/** The image of the first CronJob; all have the same. */
export const imageIn = (objects: readonly KubeObject[]): string => {
	const [job] = objects.filter(({kind}) => kind === 'CronJob').flatMap(jobOf);
	const template = isMap(job?.spec) && isMap(job.spec.template) ? job.spec.template.spec : undefined;
	const [container] = isMap(template) && Array.isArray(template.containers) ? template.containers : [];
	return isMap(container) ? String(container.image) : '';
};

/**
 * Tries what is to run there against pod security, limits, quotas and policies of the namespace.
 * @returns warnings where rules cannot be read
 * @throws ProblemError, ProblemsError what it would refuse
 */
export const tryPods = async (world: World, objects: readonly KubeObject[]): Promise<readonly string[]> => {
	const namespace = scheduleNamespace(world.answers);
	const jobs = objects.filter(({kind}) => kind === 'CronJob').flatMap(jobOf);
	const pods = jobs.flatMap(plannedPods).map((pod) => ({...pod, count: 1}));
	const unread: string[] = [];
	const plan = {namespace, pods, objects: jobs, answers: ['controlPlane']};
	refuse((await namespaceProblems(world, plan, unread)).map(withoutAmounts));
	return unread.length === 0
		? []
		: [
				`This login may not read ${unread.join(', ')}: whether the pods of the schedule are let in is seen when they are made.`,
			];
};
