import {addressOf} from '../../answers/database-server.ts';
import {type ProblemCode, type ProblemError, toProblem} from '../../base/problem.ts';
import {stepProblems} from '../problems.ts';
import {componentDatabase, portFor, serverOf} from '../shared/database-logins.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import {databasePassword} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';

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

/** The refusal with the SQL for all components; passwords are left to whoever runs it. */
export const needsDba = async (world: World, of: Component, error: unknown): Promise<ProblemError> => {
	const at = `${serverOf(world, of).from}.admin`;
	const components = componentsOf(world.answers).filter((component) => !serverOf(world, component).admin);
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
