import * as z from 'zod';
import {type Problem, ProblemError} from '../../../base/problem.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';
import {managedBy} from '../names.ts';
import {labelOfComponent} from '../release/back-mark.ts';
import type {ReleaseName} from '../release/servers.ts';

/**
 * How far the restore of a component is. Servers must not run from `restoring` on until the key of the data was tried (`opened`); `done`
 * remembers which backup its data comes from.
 */
const phases = ['restoring', 'restored', 'opened', 'done'] as const;

const markSchema = z.object({
	phase: z.enum(phases),
	/** What backups call the component. */
	component: z.string(),
	/** Id of the backup. */
	backup: z.string(),
	/** The run that came this far, and when (ISO 8601, UTC). */
	run: z.string(),
	at: z.string(),
	/** The command that goes on with it. */
	command: z.string(),
});

/** What a restore leaves in the namespace of a release, where a kill does not lose it and every host sees it. */
export type RestoreMark = z.infer<typeof markSchema>;

const referenceOf = ({name, namespace}: ReleaseName) => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	namespace,
	name: `zenml-airgap-restore-${name}`,
});

/** The mark of a release; undefined where no restore was begun, or somebody else has written over it. */
export const readRestoreMark = async (
	{cluster, signal}: World,
	release: ReleaseName,
): Promise<RestoreMark | undefined> => {
	const found = await cluster.get(referenceOf(release), signal);
	const read = markSchema.safeParse(found?.data);
	return read.success ? read.data : undefined;
};

/** Writes it down; after that it is so for whoever comes next. */
export const writeRestoreMark = async (
	{cluster, signal}: World,
	release: ReleaseName,
	mark: RestoreMark,
): Promise<void> => {
	const {name, namespace, ...kind} = referenceOf(release);
	const object: KubeObject = {...kind, metadata: {name, namespace, labels: managedBy}, data: {...mark}};
	await cluster.apply(object, {signal, force: true});
};

/** What is to be said where data is a part of a backup, or nobody has tried its key: no server may run on it. */
export const unfinishedRestore = async (world: World, release: ReleaseName): Promise<Problem | undefined> => {
	const mark = await readRestoreMark(world, release);
	if (!mark || mark.phase === 'opened' || mark.phase === 'done') return undefined;
	const {component, backup, command} = mark;
	return stepProblems.problem('restore-unfinished', {component: labelOfComponent(component), backup, command});
};

/** @throws ProblemError `restore-unfinished` where a restore is under way */
export const refuseUnfinishedRestore = async (world: World, release: ReleaseName): Promise<void> => {
	const problem = await unfinishedRestore(world, release);
	if (problem) throw new ProblemError(problem);
};
