import type {ComponentPath} from './component-path.ts';

/** Where a database server stands in the answers; problems name the answers below it. */
export type ServerPath = 'database' | `${ComponentPath}.database.server`;

type Engine = 'mysql' | 'postgresql';

/** A server as it is written: what has a default by engine may be left out. */
type WrittenServer = {
	readonly engine: Engine;
	readonly host: string;
	readonly port?: number | undefined;
	readonly tls: 'verify-full' | 'require' | 'disable';
	readonly ca?: string | undefined;
	readonly clientCertificate?: string | undefined;
	readonly clientKey?: string | undefined;
	readonly admin?:
		| {readonly username?: string | undefined; readonly password: string; readonly database?: string | undefined}
		| undefined;
};

/** A component, as far as it names a server of its own. */
export type WithServer = {readonly database: {readonly server?: WrittenServer | undefined}};

/** The part of the answers that names database servers; complete answers fit. */
export type ServedAnswers = {
	readonly database: Omit<WrittenServer, 'host'> & {readonly host?: string | undefined};
	readonly controlPlane: WithServer;
	readonly workspaces: readonly WithServer[];
};

/** The login of a server's administrator; `password` is the reference of the answers. */
type Admin = {readonly username: string; readonly password: string; readonly database: string};

/** The database server of a component, with all defaults filled in but the CA: without one, `tls.ca` counts. */
export type DatabaseServer = Omit<WrittenServer, 'port' | 'admin'> & {
	readonly from: ServerPath;
	readonly port: number;
	readonly admin?: Admin | undefined;
};

/** What goes without saying, by engine. The only place that knows it. */
const byEngine: Readonly<
	Record<Engine, {readonly port: number; readonly username: string; readonly database: string}>
> = {
	mysql: {port: 3306, username: 'root', database: 'mysql'},
	postgresql: {port: 5432, username: 'postgres', database: 'postgres'},
};

/** What goes without saying for a server of this engine; of another word, what does for the default one. */
export const usualOf = (engine: unknown): (typeof byEngine)[Engine] =>
	engine === 'postgresql' ? byEngine.postgresql : byEngine.mysql;

const filledIn = (written: WrittenServer, from: ServerPath): DatabaseServer => {
	const {port, admin, ...server} = written;
	const {port: usual, ...login} = usualOf(written.engine);
	const {username = login.username, database = login.database} = admin ?? {};
	return {
		...server,
		from,
		port: port ?? usual,
		...(admin && {admin: {username, database, password: admin.password}}),
	};
};

const ownServer = ({controlPlane, workspaces}: ServedAnswers, component: ComponentPath): WrittenServer | undefined => {
	if (component === 'controlPlane') return controlPlane.database.server;
	return workspaces[Number(component.slice('workspaces.'.length))]?.database.server;
};

const sharedServer = ({database}: ServedAnswers): DatabaseServer =>
	filledIn({...database, host: database.host ?? ''}, 'database');

/**
 * The server that keeps the database of a component: its own, or the one of all. Its `host` is empty only in answers that are still
 * judged: complete ones name the server of all where a component has none of its own (rules/database.ts).
 */
export const databaseServerOf = (answers: ServedAnswers, component: ComponentPath): DatabaseServer => {
	const own = ownServer(answers, component);
	return own ? filledIn(own, `${component}.database.server`) : sharedServer(answers);
};

/** The server that stands at a place of the answers, whether or not a component keeps its database there. */
export const databaseServerAt = (answers: ServedAnswers, from: ServerPath): DatabaseServer =>
	from === 'database'
		? sharedServer(answers)
		: databaseServerOf(answers, from.slice(0, -'.database.server'.length) as ComponentPath);

/**
 * A server of answers that may be unfinished; undefined where its host or a known engine is missing.
 * @param written what stands at `from`
 */
export const unfinishedServer = (written: unknown, from: ServerPath): DatabaseServer | undefined => {
	if (typeof written !== 'object' || written === null) return undefined;
	const server = {engine: 'mysql', ...written} as WrittenServer;
	return server.host && Object.hasOwn(byEngine, server.engine) ? filledIn(server, from) : undefined;
};

/** `host:port`: two places in the answers that lead to the same server give the same text. */
export const addressOf = ({host, port}: Pick<DatabaseServer, 'host' | 'port'>): string => `${host}:${port}`;
