import type {BackupDatabase} from '../../../backup/types.ts';
import {counted, firstOf} from '../../../base/text.ts';
import type {DatabaseContents, DatabaseLogin, DatabasePort} from '../../../database/types.ts';
import type {World} from '../../world.ts';
import {portFor, requireDatabase, serverLogin, serverOf} from '../database-logins.ts';
import type {Component} from '../names.ts';

type Tables = DatabaseContents['tables'];

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

/** How what a database holds differs from its dump; empty where it is what was dumped. */
export const differencesFrom = (
	{tables, revision, isHalfRestored}: DatabaseContents,
	dumped: Pick<BackupDatabase, 'tables' | 'revision'>,
): readonly string[] => [
	...(isHalfRestored ? ['a restore did not come to its end'] : []),
	...(revision === dumped.revision
		? []
		: [`its schema is at revision ${revision ?? '(none)'}, not ${dumped.revision ?? '(none)'}`]),
	...tableDifferences(tables, dumped.tables),
];

/** Tables that a sentence names. */
const mostNamed = 8;

/** What was written since a dump and is lost when it is restored, in sentences. */
export const lossSentences = (
	{tables, revision, isHalfRestored}: DatabaseContents,
	dumped: Pick<BackupDatabase, 'tables' | 'revision'>,
): readonly string[] => {
	if (isHalfRestored) return ['The database holds a part of a dump: an earlier restore did not come to its end.'];
	const differing = tableDifferences(tables, dumped.tables);
	const then = dumped.revision;
	return [
		...(revision === then ? [] : [`The schema is at revision ${revision ?? '(none)'}; it was at ${then ?? '(none)'}.`]),
		differing.length === 0
			? 'No table has more or fewer rows than in the dump; rows that were changed since are lost all the same.'
			: `Written since and lost, by table: ${firstOf(differing, mostNamed, '; ')}. Rows that were changed since are lost as well.`,
	];
};
