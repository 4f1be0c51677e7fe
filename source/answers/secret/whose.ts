import {addressOf, unfinishedServer} from '../database-server.ts';
import {type Draft, getAt} from '../tree.ts';
import {type Login, loginAt} from './login.ts';

const textAt = (draft: Draft, path: string): string | undefined => {
	const value = getAt(draft, path);
	return typeof value === 'string' && value !== '' ? value : undefined;
};

const products = {mysql: 'MySQL', postgresql: 'PostgreSQL'} as const;

const ofAdmin = (draft: Draft, {server}: Extract<Login, {readonly kind: 'database admin'}>): string | undefined => {
	const found = unfinishedServer(getAt(draft, server), server);
	if (found?.admin === undefined) return undefined;
	const {username} = found.admin;
	return `Password of ${username}, the administrator of ${products[found.engine]} at ${addressOf(found)}; the database admin knows it.`;
};

const ofRole = (draft: Draft, {component}: Extract<Login, {readonly kind: 'database role'}>): string | undefined => {
	const username = textAt(draft, `${component}.database.username`);
	const own = `${component}.database.server` as const;
	const server = getAt(draft, own) === undefined ? 'database' : own;
	const found = unfinishedServer(getAt(draft, server), server);
	if (found === undefined || username === undefined) return undefined;
	const who =
		found.admin === undefined
			? 'the database admin knows it'
			: 'the installer gives it to the role, which it makes where there is none';
	return `Password of the role ${username} in ${products[found.engine]} at ${addressOf(found)}; ${who}.`;
};

const ofRegistry = (draft: Draft): string | undefined => {
	const [username, host] = [textAt(draft, 'registry.username'), textAt(draft, 'registry.host')];
	return username && host && `Password or token of ${username} at the registry ${host}; the registry admin knows it.`;
};

const ofDashboard = (draft: Draft): string | undefined => {
	const [username, host] = [textAt(draft, 'controlPlane.admin.username'), textAt(draft, 'controlPlane.host')];
	return (
		username && host && `Password of ${username} at ZenML's dashboard, https://${host}; it belongs to no database.`
	);
};

/**
 * A sentence that tells whose password an answer is, where it counts and who knows it: asked for again in a later run, the question
 * stands alone. Undefined where the answer is no such password, or the answers do not tell yet.
 */
export const whosePassword = (draft: Draft, path: string): string | undefined => {
	if (path === 'controlPlane.admin.password') return ofDashboard(draft);
	const login = loginAt(draft, path);
	if (login?.password !== path) return undefined;
	switch (login.kind) {
		case 'registry':
			return ofRegistry(draft);
		case 'database admin':
			return ofAdmin(draft, login);
		case 'database role':
			return ofRole(draft, login);
	}
};
