import {type Access, addressOf} from './access.ts';
import {databaseProblems} from './problems.ts';
import type {DatabaseStatement, NeededDatabase} from './types.ts';

/**
 * A second round is due when something that was mended turns out to have another fault too, or when another administrator made the same
 * thing at the same moment; more rounds than this mean that the statements have no effect.
 */
const rounds = 4;

/** How an engine looks at what is missing and runs one statement; one that lost a race to somebody else is not a failure. */
type Engine<Admin extends Access> = {
	readonly missing: (admin: Admin, needed: NeededDatabase) => Promise<readonly DatabaseStatement[]>;
	readonly run: (admin: Admin, needed: NeededDatabase, statement: DatabaseStatement) => Promise<void>;
};

/** Makes a needed database hold. @throws ProblemError `database-not-converging`, those of `missing` */
export type Provision<Admin extends Access> = (
	admin: Admin,
	needed: NeededDatabase,
	onStatement: (shown: string) => void,
) => Promise<void>;

/** Runs what is missing, statement by statement, and looks again until nothing is. */
export const provisionBy =
	<Admin extends Access>({missing, run}: Engine<Admin>): Provision<Admin> =>
	async (admin, needed, onStatement) => {
		let due = await missing(admin, needed);
		for (let round = 0; round < rounds && due.length > 0; round += 1) {
			for (const statement of due) {
				onStatement(statement.shown);
				await run(admin, needed, statement);
			}
			due = await missing(admin, needed);
		}
		if (due.length === 0) return;
		throw databaseProblems.error(
			'database-not-converging',
			{database: needed.database, server: addressOf(admin.login)},
			{evidence: due.map(({shown}) => shown)},
		);
	};
