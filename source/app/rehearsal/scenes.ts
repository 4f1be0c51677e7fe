import type {Sample} from '../../../rehearsal/index.ts';
import {type Journal, readJournal} from '../../engine/journal.ts';
import {isDone} from '../../engine/outcome.ts';
import {plans} from '../../plans/index.ts';
import {journalFile} from '../base/journal-file.ts';
import {isOfWorld} from './world-folder.ts';

/** A plan that can be rehearsed. */
export type PlanName = keyof typeof plans;

/** A plan that is gone through in the rehearsed world, and the sample bundle that is carried in for it. */
export type Scene = {readonly plan: PlanName; readonly sample: Sample};

/** What has to have been played before a plan; an install alone where nothing is named. */
const earlier: Readonly<Partial<Record<string, readonly Scene[]>>> = {
	install: [],
	upgrade: [{plan: 'install', sample: 'older'}],
	back: [
		{plan: 'install', sample: 'older'},
		{plan: 'upgrade', sample: 'newer'},
	],
	restore: [
		{plan: 'install', sample: 'newer'},
		{plan: 'backup', sample: 'newer'},
	],
	drill: [
		{plan: 'install', sample: 'newer'},
		{plan: 'backup', sample: 'newer'},
	],
};

const isWhole = (journal: Journal | undefined, {stepIds}: {readonly stepIds: readonly string[]}): boolean =>
	journal?.outcome === 'done' && stepIds.every((id) => journal.steps.some((step) => step.id === id && isDone(step)));

/** Plans that replace data: until one is through, nothing else may be done, and what it works on is there. */
const replacing: ReadonlySet<PlanName> = new Set<PlanName>(['back', 'restore']);

/** Whether a plan was begun in this world and is not through. */
const goesOn = async (
	plan: PlanName,
	{stateDirectory, worldFolder}: {readonly stateDirectory: string; readonly worldFolder: string},
): Promise<boolean> => {
	if (!replacing.has(plan)) return false;
	const journal = await readJournal(journalFile(stateDirectory, plan));
	return isOfWorld(journal, worldFolder) && journal?.outcome !== 'done';
};

/**
 * What is to be played before a plan in this world, in order. What was installed is not installed again: it may have been upgraded
 * since. A way back or a restore that was begun is gone on with. Every other plan is gone through again, and finds what it has done before.
 */
export const scenesBefore = async (
	plan: PlanName,
	{stateDirectory, worldFolder}: {readonly stateDirectory: string; readonly worldFolder: string},
): Promise<readonly Scene[]> => {
	const scenes = earlier[plan] ?? [{plan: 'install', sample: 'newer'}];
	const journal = await readJournal(journalFile(stateDirectory, 'install'));
	const isInstalled = isOfWorld(journal, worldFolder) && isWhole(journal, plans.install);
	if (isInstalled && (await goesOn(plan, {stateDirectory, worldFolder}))) return [];
	return scenes.filter((scene) => scene.plan !== 'install' || !isInstalled);
};
