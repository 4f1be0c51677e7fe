import {ProblemError} from '../../base/problem.ts';
import type {DumpTools} from '../../database/dump/types.ts';
import type {DatabaseContents, DatabaseFacts, DatabaseLogin} from '../../database/types.ts';
import {stepProblems} from '../problems.ts';
import {portFor, requireDatabase, serverLogin, serverOf} from '../shared/database-logins.ts';
import {dumpToolsFor} from '../shared/databases/dump-tools.ts';
import type {Component} from '../shared/names.ts';
import type {World} from '../world.ts';

/** A database that can be dumped. */
export type Dumpable = {
	readonly login: DatabaseLogin;
	readonly facts: DatabaseFacts;
	readonly contents: DatabaseContents;
	/** Undefined in a dry run where they are in a pod. */
	readonly tools: DumpTools | undefined;
};

/** The login of a component on its own database. @throws ProblemError `generated-secret-missing` */
export const loginOf = async (world: World, component: Component): Promise<DatabaseLogin> => ({
	...(await serverLogin(world, serverOf(world, component))),
	...(await requireDatabase(world, component)),
});

/**
 * Logs in as the server does, counts what is there, and finds the tools for it. Reads only.
 * @throws ProblemError what the server refuses; `backup-half-restored`, `dump-tools-missing`
 */
export const dumpableOf = async (world: World, component: Component): Promise<Dumpable> => {
	const {signal} = world;
	const port = portFor(world, serverOf(world, component));
	const login = await loginOf(world, component);
	const facts = await port.probe(login, signal);
	const contents = await port.contents(login, signal);
	if (contents.isHalfRestored) {
		throw new ProblemError(stepProblems.problem('backup-half-restored', {component: component.label}));
	}
	return {login, facts, contents, tools: await dumpToolsFor(world, login, facts)};
};
