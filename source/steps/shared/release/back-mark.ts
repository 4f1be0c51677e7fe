import * as z from 'zod';
import {type Problem, ProblemError} from '../../../base/problem.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';
import {managedBy} from '../names.ts';
import type {ReleaseName} from './servers.ts';

/**
 * How far a way back is. From `restoring` on, other servers than those that come back must not run on the database; `done` remembers
 * what came of it.
 */
const phases = ['restoring', 'restored', 'done'] as const;

const markSchema = z.object({
	phase: z.enum(phases),
	/** What the command `back` calls the component. */
	component: z.string(),
	backup: z.string(),
	/** The Helm revision that comes back; the newest one as the restore began; and, once it is done, what it became. */
	revision: z.coerce.number().int(),
	from: z.coerce.number().int(),
	became: z.coerce.number().int().optional(),
});

/** What a way back leaves in the namespace of its release, where a kill does not lose it and every host sees it. */
export type BackMark = z.infer<typeof markSchema>;

const referenceOf = ({name, namespace}: ReleaseName) => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	namespace,
	name: `zenml-airgap-back-${name}`,
});

/** The mark of a release; undefined where no way back was begun, or somebody else has written over it. */
export const readMark = async ({cluster, signal}: World, release: ReleaseName): Promise<BackMark | undefined> => {
	const found = await cluster.get(referenceOf(release), signal);
	const read = markSchema.safeParse(found?.data);
	return read.success ? read.data : undefined;
};

/** Writes it down; after that it is so for whoever comes next. */
export const writeMark = async ({cluster, signal}: World, release: ReleaseName, mark: BackMark): Promise<void> => {
	const {name, namespace, ...kind} = referenceOf(release);
	const data = Object.fromEntries(Object.entries(mark).map(([key, value]) => [key, String(value)]));
	const object: KubeObject = {...kind, metadata: {name, namespace, labels: managedBy}, data};
	await cluster.apply(object, {signal, force: true});
};

/** What is to be said of a way back that is under way: servers of another version would change what it restores. */
export const unfinishedBack = async (world: World, release: ReleaseName): Promise<Problem | undefined> => {
	const mark = await readMark(world, release);
	if (!mark || mark.phase === 'done') return undefined;
	const {component, backup, revision} = mark;
	const facts = {component: labelOfComponent(component), backup, revision, command: backCommand(component)};
	return stepProblems.problem('back-unfinished', facts);
};

/** @throws ProblemError `back-unfinished` where a way back is under way */
export const refuseUnfinishedBack = async (world: World, release: ReleaseName): Promise<void> => {
	const problem = await unfinishedBack(world, release);
	if (problem) throw new ProblemError(problem);
};

/** `control plane`, `workspace NAME`. */
export const labelOfComponent = (name: string): string =>
	name === 'controlPlane' ? 'control plane' : `workspace ${name}`;

/** The command that goes the way back of a component. */
export const backCommand = (name: string): string => `zenml-airgap back ${name}`;
