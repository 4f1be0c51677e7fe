import {othersState} from './failure.ts';

/** Of all that is not the server's own or an extension's: its schema, and the owner's role. */
const ofTheDatabase = (catalog: string, prefix: string): string => `
		FROM ${catalog} JOIN pg_namespace ON pg_namespace.oid = ${catalog}.${prefix}namespace
		WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
			AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = '${catalog}'::regclass AND objid = ${catalog}.oid AND deptype = 'e')`;

/** How each kind of relation is dropped. Sequences of columns go with their tables. */
const relations = `
		SELECT format('DROP %s IF EXISTS %I.%I CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
			WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, nspname, relname) AS due
		${ofTheDatabase('pg_class', 'rel')} AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`;

/** Types of rows and of arrays go with what they belong to. */
const types = `
		SELECT format('DROP TYPE IF EXISTS %I.%I CASCADE', nspname, typname) AS due
		${ofTheDatabase('pg_type', 'typ')} AND (typtype IN ('e', 'd', 'r') OR typtype = 'c'
			AND (SELECT relkind = 'c' FROM pg_class WHERE pg_class.oid = typrelid))`;

const routines = `
		SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', pg_proc.oid::regprocedure) AS due
		${ofTheDatabase('pg_proc', 'pro')}`;

const collations = `
		SELECT format('DROP COLLATION IF EXISTS %I.%I CASCADE', nspname, collname) AS due
		${ofTheDatabase('pg_collation', 'coll')}`;

const schemas = `
		SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) AS due FROM pg_namespace
		WHERE nspname NOT IN ('public', 'information_schema') AND nspname NOT LIKE 'pg\\_%'
			AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_namespace'::regclass AND objid = pg_namespace.oid AND deptype = 'e')`;

const largeObjects = "SELECT format('SELECT lo_unlink(%s)', oid) AS due FROM pg_largeobject_metadata";

const dropAll = (rows: string): string => `
	FOR one IN ${rows}
	LOOP
		BEGIN
			EXECUTE one.due;
		EXCEPTION WHEN insufficient_privilege THEN
			RAISE EXCEPTION USING ERRCODE = '${othersState}', MESSAGE = one.due || ': ' || SQLERRM;
		END;
	END LOOP;`;

/**
 * SQL that removes all that a dump could bring, in the transaction that it is run in. What belongs to somebody else is a refusal, with
 * the statement that was refused. Whoever holds a lock is waited for a minute.
 */
export const emptyPostgresSql = `SET LOCAL lock_timeout = '60s';
SET LOCAL statement_timeout = 0;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = pg_catalog;
DO $empty$
DECLARE one record;
BEGIN${[relations, routines, types, collations, schemas, largeObjects].map(dropAll).join('')}
END
$empty$;
`;
