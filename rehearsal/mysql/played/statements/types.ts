import type {Account, Catalogue, Database} from '../catalogue.ts';
import {refusals} from '../errors.ts';
import {mayOn, sees} from '../rights.ts';
import type {Result} from '../wire.ts';

/** A client that is logged in. */
export type Session = {
	readonly user: string;
	readonly id: number;
	/** As `Ssl_version` of the session tells; empty without TLS. */
	readonly tls: string;
	database: string | undefined;
	readonly catalogue: Catalogue;
	/** Who is logged in now. */
	readonly clients: () => readonly {readonly user: string; readonly id: number}[];
};

/** Groups of a statement's pattern, and the texts that stood in it. */
export type Said = {readonly part: (name: string) => string; readonly values: readonly string[]};

/** A statement that the server knows: rows for the client, or how many rows it changed. */
export type Statement = {
	readonly pattern: RegExp;
	/** True where it changes what is kept. */
	readonly writes?: true;
	readonly run: (session: Session, said: Said) => Result | number;
};

export const accountOf = ({catalogue, user}: Session): Account | undefined => catalogue.accounts[user];

/** The database of the session. @throws SqlError 1046, 1049 */
export const chosen = ({database, catalogue}: Session): {readonly name: string; readonly kept: Database} => {
	if (database === undefined) throw refusals.notChosen();
	const kept = catalogue.databases[database];
	if (!kept) throw refusals.noDatabase(database);
	return {name: database, kept};
};

/** @throws SqlError 1142 */
export const need = (session: Session, privilege: string, table: string): void => {
	const {name} = chosen(session);
	if (!mayOn(accountOf(session), privilege, name)) throw refusals.denied(privilege, session.user, table);
};

/** Makes a database that is there the session's own. @throws SqlError 1044, 1049 */
export const choose = (session: Session, database: string): void => {
	if (!sees(accountOf(session), database)) throw refusals.noAccess(session.user, database);
	if (!session.catalogue.databases[database]) throw refusals.noDatabase(database);
	session.database = database;
};
