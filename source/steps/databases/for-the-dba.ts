import {type ProblemCode, type ProblemError, toProblem} from '../../base/problem.ts';
import {stepProblems} from '../problems.ts';
import {componentDatabase} from '../shared/database-logins.ts';
import {componentsOf} from '../shared/names.ts';
import {databasePassword} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';

/** Refusals that mean: the role or the database is not there yet, or not as it should be. */
const mendedByTheDba: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
	'database-password',
	'database-missing',
	'database-privileges',
	'database-role-missing',
	'database-role-without-login',
]);

/** Does the SQL of this tool mend what was thrown? */
export const isForTheDba = (error: unknown): boolean => mendedByTheDba.has(toProblem(error).code);

/** The refusal with the SQL for all components; passwords are left to whoever runs it. */
export const needsDba = async (world: World, error: unknown): Promise<ProblemError> => {
	const components = componentsOf(world.answers);
	const databases = await Promise.all(components.map(async (component) => componentDatabase(world, component)));
	const {script} = world.database;
	return stepProblems.error(
		'database-needs-dba',
		{refusal: toProblem(error).message},
		{
			answers: components.map((component) => databasePassword(component).answer),
			evidence: databases.flatMap((one) => (one ? script(one) : [])),
			error,
		},
	);
};
