import {databaseServerAt} from '../../answers/database-server.ts';
import type {Login} from '../../answers/secret/login.ts';
import {toProblem} from '../../base/problem.ts';
import {isForTheDba} from '../databases/for-the-dba.ts';
import {serverOf} from '../shared/database-logins.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import {databasePassword} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';
import {factsInWords, seenByAdmin, seenByRole} from './database.ts';
import {tryPush} from './registry.ts';

/** What a server says to a login: whether it takes it, in words. */
export type Tried = {readonly ok: boolean; readonly text: string};

const tryRegistry = async (world: World): Promise<Tried> => {
	const {registry, bundle, answers, signal} = world;
	await registry.ping(signal);
	const opened = await bundle.open(signal).catch((error: unknown) => toProblem(error));
	signal.throwIfAborted();
	const login = answers.registry.username === undefined ? 'works without a login' : 'login works';
	if ('code' in opened) return {ok: true, text: `${login}; whether it may push is seen once the bundle can be read`};
	await tryPush(world, opened);
	return {ok: true, text: `${login}, and may push`};
};

/** Is the answer at this path valid? */
type IsValid = (path: string) => boolean;

/** Components whose names in the database are valid. */
const namedOf = (world: World, isValid: IsValid): readonly Component[] =>
	componentsOf(world.answers).filter(
		({path}) => isValid(`${path}.database.name`) && isValid(`${path}.database.username`),
	);

const tryAdmin = async (
	world: World,
	{server: from}: Extract<Login, {readonly kind: 'database admin'}>,
	isValid: IsValid,
): Promise<Tried> => {
	const own = namedOf(world, isValid).filter((component) => serverOf(world, component).from === from);
	const facts = await seenByAdmin(world, databaseServerAt(world.answers, from), own);
	return {ok: true, text: `login works${facts === undefined ? '' : `: ${factsInWords(facts)}`}`};
};

const tryRole = async (
	world: World,
	{component: path}: Extract<Login, {readonly kind: 'database role'}>,
): Promise<Tried> => {
	const component = componentsOf(world.answers).find((one) => one.path === path);
	if (!component) throw new TypeError(`${path} is no component`);
	const {reference, answer} = databasePassword(component);
	try {
		const facts = await seenByRole(world, component, await world.resolveSecret(reference, answer));
		return {ok: true, text: `login works: ${factsInWords(facts)}`};
	} catch (error) {
		if (!isForTheDba(error) || serverOf(world, component).admin === undefined) throw error;
		return {ok: true, text: `${toProblem(error).message} The installation makes or mends it, with the admin login.`};
	}
};

/**
 * Tries one login at its server, as the checks of the same name do before a run. Only the answers that belong to the login are used, and
 * `isValid` says of others whether they are valid. @throws ProblemError where the server refuses, or cannot be reached
 */
export const tryLogin = async (world: World, login: Login, isValid: IsValid): Promise<Tried> => {
	switch (login.kind) {
		case 'registry':
			return tryRegistry(world);
		case 'database admin':
			return tryAdmin(world, login, isValid);
		case 'database role':
			return tryRole(world, login);
	}
};
