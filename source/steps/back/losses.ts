import {toProblem} from '../../base/problem.ts';
import {counted, firstOf} from '../../base/text.ts';
import type {DatabaseContents, DatabaseLogin, DatabasePort} from '../../database/types.ts';
import {portFor, requireDatabase, serverLogin, serverOf} from '../shared/database-logins.ts';
import type {Component} from '../shared/names.ts';
import type {World} from '../world.ts';
import type {WayBack} from './source.ts';

type Tables = DatabaseContents['tables'];

/** Tables that a sentence names. */
const mostNamed = 8;

/** How tables differ by their rows: `pipeline_run: 12, were 10`. */
export const tableDifferences = (now: Tables, then: Tables): readonly string[] => {
	const before = new Map(then.map(({name, rows}) => [name, rows]));
	const after = new Map(now.map(({name, rows}) => [name, rows]));
	return [
		...now.flatMap(({name, rows}) => {
			const were = before.get(name);
			if (were === undefined) return [`${name}: new, ${counted(rows, 'row')}`];
			return were === rows ? [] : [`${name}: ${counted(rows, 'row')}, were ${were}`];
		}),
		...then.flatMap(({name, rows}) => (after.has(name) ? [] : [`${name}: gone, had ${counted(rows, 'row')}`])),
	];
};

/** The login of the component's servers, and the port that speaks with their database. */
export const databaseOf = async (
	world: World,
	component: Component,
): Promise<{readonly port: DatabasePort; readonly login: DatabaseLogin}> => {
	const server = serverOf(world, component);
	const login = {...(await serverLogin(world, server)), ...(await requireDatabase(world, component))};
	return {port: portFor(world, server), login};
};

/** What is in the database of a component now. */
export const contentsOf = async (world: World, component: Component): Promise<DatabaseContents> => {
	const {port, login} = await databaseOf(world, component);
	return port.contents(login, world.signal);
};

/** What was written since the dump, in sentences. That it cannot be told is told. @throws the signal's reason */
export const lossesOf = async (world: World, {component, part}: WayBack): Promise<readonly string[]> => {
	try {
		const {tables, revision, isHalfRestored} = await contentsOf(world, component);
		if (isHalfRestored) return ['The database holds a part of a dump: an earlier restore did not come to its end.'];
		const differing = tableDifferences(tables, part.database.tables);
		const then = part.database.revision;
		return [
			...(revision === then
				? []
				: [`The schema is at revision ${revision ?? '(none)'}; it was at ${then ?? '(none)'}.`]),
			differing.length === 0
				? 'No table has more or fewer rows than in the dump; rows that were changed since are lost all the same.'
				: `Written since and lost, by table: ${firstOf(differing, mostNamed, '; ')}. Rows that were changed since are lost as well.`,
		];
	} catch (error) {
		world.signal.throwIfAborted();
		const {message} = toProblem(error);
		return [`What was written since the dump and is lost cannot be told, as the database cannot be read: ${message}`];
	}
};

const minute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

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
