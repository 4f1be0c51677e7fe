import {addressOf} from '../../answers/database-server.ts';
import {inPool} from '../../base/pool.ts';
import {type ProblemCode, ProblemError, toProblem} from '../../base/problem.ts';
import {stepProblems} from '../problems.ts';
import {componentDatabase, portFor, serverOf} from '../shared/database-logins.ts';
import {mostConnections} from '../shared/database-servers.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import {databasePassword} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';
import {lookAtDatabase} from './look.ts';

/** Refusals that mean: the role or the database is not there yet, or not as it should be. */
const mendedByTheDba: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
	'database-password',
	'database-missing',
	'database-privileges',
	'database-role-missing',
	'database-role-without-login',
	'database-tls-not-required',
]);

/** Does the SQL of this tool mend what was thrown? */
export const isForTheDba = (error: unknown): boolean => mendedByTheDba.has(toProblem(error).code);

/** The SQL for one component, under the name of its server; nothing while its password is not made. */
const scriptOf = async (world: World, component: Component): Promise<readonly string[]> => {
	const server = serverOf(world, component);
	const needed = await componentDatabase(world, component);
	return needed ? [`-- On ${addressOf(server)}:`, ...portFor(world, server).script(needed)] : [];
};

/** True where the component's own login finds all that it needs: its account and its password are not for anybody to touch. */
const isReady = async (world: World, component: Component): Promise<boolean> => {
	try {
		const quiet = {...world, report: () => undefined};
		return (await lookAtDatabase(quiet, component)).facts !== undefined;
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		return false;
	}
};

/** The components on servers without an admin's login that the database admin has something to do for. */
const inNeed = async (world: World, of: Component): Promise<readonly Component[]> => {
	const components = componentsOf(world.answers).filter((component) => !serverOf(world, component).admin);
	const ready = await inPool(components, mostConnections, async (component) =>
		component.path === of.path ? false : isReady(world, component),
	);
	return components.filter((_component, index) => !ready[index]);
};

/** The refusal with the SQL for all components that need it; passwords are left to whoever runs it. */
export const needsDba = async (world: World, of: Component, error: unknown): Promise<ProblemError> => {
	const at = `${serverOf(world, of).from}.admin`;
	const components = await inNeed(world, of);
	const databases = await Promise.all(components.map(async (component) => scriptOf(world, component)));
	return stepProblems.error(
		'database-needs-dba',
		{refusal: toProblem(error).message, at},
		{
			answers: [
				`${at}.username`,
				`${at}.password`,
				...components.map((component) => databasePassword(component).answer),
			],
			evidence: databases.flat(),
			error,
		},
	);
};
