import {shellWord} from '../../base/shell.ts';
import {mysqlLogin} from '../../database/dump/login/mysql.ts';
import {postgresLogin} from '../../database/dump/login/postgres.ts';
import {type Installed, nameOf, workspacesFirst} from '../backup/installed.ts';
import {loginOf} from '../backup/login.ts';
import {portFor, serverOf} from '../shared/database-logins.ts';
import type {World} from '../world.ts';

/** The script puts the folder of the files in its place. */
const folder = '@FOLDER@';

/** What the script knows of the databases: a line each, and the files of the logins, by the names of their members. */
export type ScheduledLogins = {
	readonly lines: readonly string[];
	readonly files: Readonly<Record<string, string>>;
	readonly engines: ReadonlySet<'postgresql' | 'mysql'>;
};

const filesOf = async (world: World, component: Installed): Promise<Readonly<Record<string, string>>> => {
	const login = await loginOf(world, component);
	const server = serverOf(world, component);
	if (server.engine === 'mysql') {
		const {product} = await portFor(world, server).probe(login, world.signal);
		return mysqlLogin(login, product, folder);
	}
	const {files, environment} = postgresLogin(login);
	const words = Object.entries(environment(folder)).map(([name, value]) => `export ${name}=${shellWord(value)}\n`);
	return {...files, environment: words.join('')};
};

/**
 * Logins of all databases as files, workspaces first. Reads only.
 * @throws ProblemError what a server refuses; `generated-secret-missing`
 */
export const scheduledLogins = async (world: World, installed: readonly Installed[]): Promise<ScheduledLogins> => {
	const lines: string[] = [];
	const files: Record<string, string> = {};
	const engines = new Set<'postgresql' | 'mysql'>();
	for (const [index, component] of workspacesFirst(installed).entries()) {
		const {engine} = serverOf(world, component);
		engines.add(engine);
		lines.push([index, engine, nameOf(component), component.answers.database.name].join('\t'));
		for (const [name, text] of Object.entries(await filesOf(world, component))) files[`db-${index}.${name}`] = text;
	}
	return {lines, files, engines};
};
