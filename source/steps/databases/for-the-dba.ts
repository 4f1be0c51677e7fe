import {addressOf} from '../../answers/database-server.ts';
import {type ProblemCode, type ProblemError, toProblem} from '../../base/problem.ts';
import {stepProblems} from '../problems.ts';
import {componentDatabase, portFor, serverOf} from '../shared/database-logins.ts';
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

/** True for a component whose login works on a database that does: its SQL would set the password of an account that is ready. */
const isReady = async (world: World, component: Component): Promise<boolean> =>
	lookAtDatabase({...world, report: () => undefined}, component).then(
		({facts}) => facts !== undefined,
		() => false,
	);

/** The components that nobody of this tool's can mend, the one that was refused among them. */
const leftToTheDba = async (world: World, of: Component): Promise<readonly Component[]> => {
	const components = componentsOf(world.answers).filter((component) => !serverOf(world, component).admin);
	const ready = await Promise.all(
		components.map(async (component) => component.id !== of.id && (await isReady(world, component))),
	);
	return components.filter((_component, index) => !ready[index]);
};

/** The refusal with the SQL for all components that need it; passwords are left to whoever runs it. */
export const needsDba = async (world: World, of: Component, error: unknown): Promise<ProblemError> => {
	const at = `${serverOf(world, of).from}.admin`;
	const components = await leftToTheDba(world, of);
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
