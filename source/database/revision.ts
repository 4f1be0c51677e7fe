import * as z from 'zod';
import {isErrno} from '../base/errno.ts';
import {cutTo, oneLine} from '../base/text.ts';
import {oneRow} from './rows.ts';

/** Where Alembic keeps the revision of a database; two rows while branches of migrations are not merged. */
export const revisionSql = 'SELECT version_num FROM alembic_version';

const rowSchema = z.object({version_num: z.string()});

/** Characters of a revision that are told; Alembic's own are at most 32 long. */
const longest = 64;

/**
 * The revision of a database. @param rows of `revisionSql` @param absent the engine's codes for a table that is not there or may not be read
 */
export const revisionIn = async (
	rows: Promise<readonly unknown[]>,
	absent: readonly string[],
): Promise<string | undefined> => {
	try {
		const revisions = (await rows).map((row) => oneRow(rowSchema, [row]).version_num).sort();
		return revisions.length === 0 ? undefined : cutTo(oneLine(revisions.join(', ')), longest);
	} catch (error) {
		if (isErrno(error, ...absent)) return undefined;
		throw error;
	}
};
