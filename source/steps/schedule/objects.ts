import {counted} from '../../base/text.ts';
import type {Change, Finding} from '../../engine/plan.ts';
import {makeNamespace} from '../namespaces.ts';
import {type Naming, objectChanges, objectsToDo} from '../shared/objects/object-changes.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {scheduleNamespace} from './names.ts';
import {lacksNamespace} from './place.ts';
import {scheduleObjects} from './wanted.ts';

const naming: Naming = {nameOf: ({kind, metadata}) => `${kind} ${metadata.namespace}/${metadata.name}`};

const check = async (world: World): Promise<Finding> => {
	const objects = await scheduleObjects(world);
	const namespace: readonly Change[] = (await lacksNamespace(world))
		? [{action: 'create', target: `namespace ${scheduleNamespace(world.answers)}`}]
		: [];
	const changes = [...namespace, ...(await objectChanges(world, objects, naming))];
	if (changes.length > 0) return {status: 'todo', changes};
	return {status: 'ok', note: counted(objects.length, 'object')};
};

const apply = async (world: World): Promise<void> => {
	if (await lacksNamespace(world)) await makeNamespace(world, scheduleNamespace(world.answers));
	for (const {object} of await objectsToDo(world, await scheduleObjects(world), naming)) {
		await world.cluster.apply(object, {signal: world.signal});
		world.report({kind: 'line', level: 'info', text: `${naming.nameOf(object)} applied`});
	}
};

/** CronJobs of the backup and of what watches it, with an account that has no right at all. */
export const scheduleObjectsStep: Step = {
	id: 'schedule-objects',
	title: 'Schedule',
	why: 'A backup that somebody has to remember is missing on the day that it is needed.',
	area: 'cluster',
	inputs: ({backup, controlPlane, workspaces, database}) => ({backup, controlPlane, workspaces, database}),
	timeouts: shortTimeouts,
	check,
	apply,
};
