import {toProblem} from '../../../base/problem.ts';
import {counted} from '../../../base/text.ts';
import type {DatabaseSchema} from '../../../database/types.ts';
import type {World} from '../../world.ts';
import {portFor, requireDatabase, serverLogin, serverOf} from '../database-logins.ts';
import {type Component, componentsOf} from '../names.ts';
import type {WantedRelease} from './wanted.ts';

/** A look that takes longer is left out: nothing depends on it. */
const mostMs = 15_000;

/** Tables and revision of a component's database. @throws ProblemError area `database`, or where its password is not made */
export const schemaOf = async (world: World, component: Component): Promise<DatabaseSchema> => {
	const server = serverOf(world, component);
	const login = {...(await serverLogin(world, server)), ...(await requireDatabase(world, component))};
	return portFor(world, server).schema(login, AbortSignal.any([world.signal, AbortSignal.timeout(mostMs)]));
};

/** The database of a release's component; undefined where it cannot be looked at, which stops nothing. */
const tryLook = async (world: World, component: Component): Promise<DatabaseSchema | undefined> => {
	try {
		return await schemaOf(world, component);
	} catch (error) {
		world.signal.throwIfAborted();
		world.report({kind: 'line', level: 'debug', text: toProblem(error).message});
		return undefined;
	}
};

/** `46 tables, revision 0.93.0`. */
const inWords = ({tables, revision}: DatabaseSchema): string =>
	`${counted(tables, 'table')}, ${revision === undefined ? 'no revision' : `revision ${revision}`}`;

const changeInWords = (before: DatabaseSchema | undefined, after: DatabaseSchema): string => {
	const now = inWords(after);
	if (!before) return now;
	return inWords(before) === now ? `${now}, as before` : `${inWords(before)} → ${now}`;
};

/**
 * Looks at the database of a release before its rollout. What is given back looks once more, and tells what the migration has made of it;
 * the line stays in the acceptance report.
 */
export const watchSchema = async (world: World, {component: path}: WantedRelease): Promise<() => Promise<void>> => {
	const component = componentsOf(world.answers).find((one) => one.path === path);
	if (!component) return async () => undefined;
	const before = await tryLook(world, component);
	return async () => {
		const after = await tryLook(world, component);
		if (!after) return;
		const text = `database ${component.answers.database.name}: ${changeInWords(before, after)}`;
		world.report({kind: 'line', level: 'info', text, record: true});
	};
};
