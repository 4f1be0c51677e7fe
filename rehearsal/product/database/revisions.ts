import semver from 'semver';
import type {Sql} from './types.ts';

/** A revision of a database: the version of the product that it came with, and what it makes anew. */
export type Revision = {
	readonly id: string;
	readonly title: string;
	/** The first version whose images have it; the first revision is in all of them. */
	readonly since?: string;
	readonly statements: readonly string[];
};

/** What Alembic says of a database that a newer version has migrated (`alembic/script/base.py`). */
export class UnknownRevision extends Error {
	constructor(revision: string) {
		super(`alembic.util.exc.CommandError: Can't locate revision identified by '${revision}'`);
	}
}

/** The revisions that the images of a version have, oldest first; a tag that is no version has them all. */
const revisionsOf = (all: readonly Revision[], version: string): readonly Revision[] => {
	const core = semver.coerce(semver.valid(version));
	return all.filter(({since}) => since === undefined || core === null || semver.gte(core, since));
};

/** The revision that a server of this version works with. */
export const headOf = (all: readonly Revision[], version: string): string => revisionsOf(all, version).at(-1)?.id ?? '';

/** The revision of a database; undefined before the first. */
export const currentRevision = async ({query}: Sql): Promise<string | undefined> => {
	const [row] = await query('select version_num from alembic_version');
	return row === undefined ? undefined : String(row.version_num);
};

/**
 * Goes from the database's revision to that of the version, one after the other; each is written down when its statements are through.
 * @throws UnknownRevision for a database that a newer version has migrated
 */
export const migrateTo = async (
	sql: Sql,
	{
		all,
		version,
		log,
	}: {readonly all: readonly Revision[]; readonly version: string; readonly log: (line: string) => void},
): Promise<void> => {
	const known = revisionsOf(all, version);
	let before = await currentRevision(sql);
	const at = known.findIndex(({id}) => id === before);
	if (before !== undefined && at < 0) throw new UnknownRevision(before);
	for (const {id, title, statements} of known.slice(at + 1)) {
		for (const statement of statements) await sql.query(statement);
		await sql.query(`insert into alembic_version (version_num) values ('${id}')`);
		if (before !== undefined) await sql.query(`delete from alembic_version where version_num = '${before}'`);
		log(`INFO  [alembic.runtime.migration] Running upgrade ${before ?? ''} -> ${id}, ${title}.`);
		before = id;
	}
};
