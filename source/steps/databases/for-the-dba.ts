import {addressOf} from '../../answers/database-server.ts';
import {type Problem, type ProblemCode, toProblem} from '../../base/problem.ts';
import type {Finding, Handover} from '../../engine/plan.ts';
import {databasePackOf} from '../handover/database.ts';
import {stepProblems} from '../problems.ts';
import {neededDatabase, serverOf} from '../shared/database-logins.ts';
import {nextStepsOf, savePapers} from '../shared/handover.ts';
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

/** A component whose login was refused, on a server without a login that may mend it. */
export type Refused = {readonly component: Component; readonly problem: Problem};

/** How long until it is looked at again, ms: some servers lock an account after a few refused logins a minute. */
const pollEveryMs = 15_000;

/** A component that waits for its database, as a page shows it. */
export const databaseLabel = (world: World, component: Component): string => {
	const {database, username} = neededDatabase(world, component);
	return `database ${database} for ${username} on ${addressOf(serverOf(world, component))}`;
};

/** Before an account is made its server says the same as of a wrong password: what is waited for must not read as a mistake. */
const refusedLogin = 'its login is refused: not made yet, or its password is another or has expired';

const notYet = ({code, message}: Problem): string => (code === 'database-password' ? refusedLogin : message);

/** Every database that is the DBA's to make, those that are there among them: a page that counts loses none. */
const awaitedOf = (world: World, refused: readonly Refused[]): NonNullable<Handover['awaited']> =>
	componentsOf(world.answers)
		.filter((component) => serverOf(world, component).admin === undefined)
		.map((component) => {
			const problem = refused.find((one) => one.component.path === component.path)?.problem;
			const label = databaseLabel(world, component);
			return problem ? {label, ok: false, note: notYet(problem)} : {label, ok: true, note: 'its login works'};
		});

const handoverOf = async (world: World, refused: readonly Refused[]): Promise<Handover> => ({
	...(await databasePackOf(world, ({path}) => refused.some(({component}) => component.path === path))),
	awaited: awaitedOf(world, refused),
	pollEveryMs,
});

/** Waits for the database admin, whose SQL lies as files; what they were not asked for stays as it is. */
export const awaitDba = async (world: World, refused: readonly [Refused, ...Refused[]]): Promise<Finding> => {
	const handover = await handoverOf(world, refused);
	const folder = await savePapers(world, handover);
	const [{component, problem}] = refused;
	const at = `${serverOf(world, component).from}.admin`;
	const passwords = refused.map((one) => databasePassword(one.component).answer);
	return {
		status: 'waiting',
		handover: {...handover, folder},
		late: (when) =>
			stepProblems.problem(
				'database-needs-dba',
				{refusal: problem.message, at, when},
				{
					answers: [`${at}.username`, `${at}.password`, ...passwords],
					// The SQL itself would push away what has to be read.
					nextSteps: [
						...nextStepsOf(handover, folder),
						'zenml-airgap handover database --with-passwords',
						'zenml-airgap report (writes all of it for a ticket)',
					],
				},
			),
	};
};
