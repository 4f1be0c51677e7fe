import {clientToolsOf} from '../../bundle/layout/client-tools.ts';
import {stepProblems} from '../problems.ts';
import {pinnedReference} from '../shared/pinned.ts';
import type {World} from '../world.ts';
import type {ScheduledLogins} from './logins.ts';

/** The one image that has the programs of all engines. @throws ProblemError `schedule-tools-missing` */
export const scheduleImage = async (world: World, {engines}: Pick<ScheduledLogins, 'engines'>): Promise<string> => {
	const own = world.answers.backup.toolsImage;
	if (own !== undefined) return own;
	const bundle = await world.bundle.open(world.signal);
	const found = [...engines].map((engine) => ({engine, image: clientToolsOf(bundle, engine)}));
	const lacking = found.find(({image}) => image === undefined);
	if (lacking) throw stepProblems.error('schedule-tools-missing', {case: 'none', engine: lacking.engine});
	const images = [...new Set(found.flatMap(({image}) => image ?? []))];
	const [first, second] = images;
	if (first === undefined) throw stepProblems.error('schedule-tools-missing', {case: 'none', engine: 'any'});
	if (second)
		throw stepProblems.error('schedule-tools-missing', {case: 'two images', one: first.name, other: second.name});
	return pinnedReference(world, first);
};
