import {toProblem} from '../../base/problem.ts';
import {contentsOf, lossSentences} from '../shared/databases/contents.ts';
import type {World} from '../world.ts';
import type {WayBack} from './source.ts';

/** What was written since the dump, in sentences. That it cannot be told is told. @throws the signal's reason */
export const lossesOf = async (world: World, {component, part}: WayBack): Promise<readonly string[]> => {
	try {
		return lossSentences(await contentsOf(world, component), part.database);
	} catch (error) {
		world.signal.throwIfAborted();
		const {message} = toProblem(error);
		return [`What was written since the dump and is lost cannot be told, as the database cannot be read: ${message}`];
	}
};

/** `2026-11-29 01:02 UTC` of an ISO time. */
export const minute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

/** What a way back does and takes away, in paragraphs, for whoever is to agree to it. */
export const warningOf = async (world: World, way: WayBack): Promise<readonly string[]> => {
	const {component, part, backup, madeAt, revision, chart} = way;
	return [
		`The database "${part.database.name}" of the ${component.label} goes back to its dump in backup ${backup} of ${minute(madeAt)}, and its release to revision ${revision} (${chart}): both or neither. Its servers are stopped until both are done.`,
		...(await lossesOf(world, way)),
		...(component.path === 'controlPlane'
			? ['Workspaces that run a newer version than this control plane must be brought back as well.']
			: []),
	];
};
