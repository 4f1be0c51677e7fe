import {wordsOfPlace} from '../../answers/storage/place.ts';
import {firstOf} from '../../base/text.ts';
import type {Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {accessesOfSchedule} from '../shared/accesses.ts';
import {storageAhead} from '../storage/ahead.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {imageIn, lacksNamespace, requireImage, tryPods} from './place.ts';
import {scheduleObjects, schedulePlace} from './wanted.ts';

const requireRights = async ({cluster, answers, signal}: World): Promise<void> => {
	const needed = accessesOfSchedule(answers);
	const denied = (await cluster.denied(needed, signal)).map(
		({verb, resource, namespace}) => `${verb} ${resource} in ${namespace}`,
	);
	if (denied.length === 0) return;
	const facts = {denied: denied.length, needed: needed.length, first: firstOf(denied, 3, '; ')};
	throw stepProblems.error('kubernetes-permissions', facts, {evidence: denied});
};

const check = async (world: World): Promise<Finding> => {
	const {encryption, recipients} = world.answers.backup;
	const place = schedulePlace(world);
	if (encryption !== 'age' || recipients === undefined) throw stepProblems.error('schedule-recipients-missing', {});
	const {warnings = []} = await storageAhead(world, place);
	const isNew = await lacksNamespace(world);
	await requireRights(world);
	const objects = await scheduleObjects(world);
	const unseen = await requireImage(world, imageIn(objects));
	const unread = isNew ? [] : await tryPods(world, objects);
	await world.holdLease(world.signal);
	return {status: 'ok', note: wordsOfPlace(place), warnings: [...warnings, ...unseen, ...unread]};
};

/** Storage, recipients, namespace, rights, programs and logins, before anything is put into the cluster. */
export const scheduleReadyStep: Step = {
	id: 'schedule-ready',
	title: 'Ready for a schedule',
	why: 'What would fail at night is looked at now.',
	area: 'prerequisites',
	inputs: ({backup, controlPlane, workspaces, database}) => ({backup, controlPlane, workspaces, database}),
	timeouts: shortTimeouts,
	check,
};
