import type {Login} from '../auth.ts';
import {registryProblem} from '../problems.ts';
import {askHelper, type HelperLogin} from './credential-helper.ts';
import {isDockerHub} from './docker-hub.ts';
import {type LoginEntry, type LoginFile, loginPaths, readLoginFile} from './login-files.ts';

/** The login for one registry, and where it comes from, or where none was found, in words for a problem. */
export type FoundLogin = {readonly login: Login; readonly source: string};

/** @throws ProblemError `registry-login-file`, `registry-credential-helper` */
export type FindLogin = (host: string) => Promise<FoundLogin>;

/** Logins of the big clouds end after an hour: a helper is asked again when its answer is older than this. */
const freshMs = 10 * 60_000;
const hubKey = 'https://index.docker.io/v1/';
const keyHost = (key: string): string => key.replace(/^https?:\/\//iu, '').replace(/\/.*$/u, '');

/** Entry of a host: by its own name first, else by a key that was written as a URL. */
const entryOf = <T>(entries: Readonly<Record<string, T>> | undefined, host: string): T | undefined => {
	if (entries === undefined) return undefined;
	const exact = isDockerHub(host) ? hubKey : host;
	if (Object.hasOwn(entries, exact)) return entries[exact];
	const same = (key: string) => (isDockerHub(host) ? isDockerHub(key) : key.toLowerCase() === host.toLowerCase());
	// A key with a path is a login for that path alone (containers-auth.json), save for the old forms of Docker.
	const plain = (key: string) => /^(?:https?:\/\/)?[^/]+(?:\/(?:v[12]\/?)?)?$/u.test(key);
	return Object.entries(entries).find(([key]) => plain(key) && same(keyHost(key)))?.[1];
};

/** User and password of an entry (`auth` is base64 of both, joined by a colon). @throws ProblemError */
const basicOf = (
	{auth, username, password}: LoginEntry,
	{path}: LoginFile,
	host: string,
): readonly [string, string] | undefined => {
	if (auth === undefined || auth === '') {
		return username && password !== undefined ? [username, password] : undefined;
	}
	const decoded = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/u, '');
	const colon = decoded.indexOf(':');
	if (colon > 0) return [decoded.slice(0, colon), decoded.slice(colon + 1)];
	throw registryProblem({
		code: 'registry-login-file',
		message: `The login for ${host} in ${path} cannot be used.`,
		cause: 'Its field auth is not base64 of user:password.',
		fix: `Log in to ${host} anew, or take the entry out.`,
		location: {file: path},
	});
};

/**
 * Looks logins up where `docker login` and `podman login` keep them: credential helpers, stores and files.
 * @param options.onSecret hears every secret before it is used anywhere
 */
export const createLoginFinder = (options: {
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly homeDirectory: string;
	readonly onSecret: (secret: string) => void;
	/** Ends helpers that run; of the whole work, since a login is asked for again while it goes on. */
	readonly signal: AbortSignal;
	readonly now?: () => number;
}): FindLogin => {
	const {environment, homeDirectory, onSecret, signal, now = Date.now} = options;
	const known = <T extends string>(secret: T): T => {
		onSecret(secret);
		return secret;
	};

	const byHelper = async (name: string, host: string): Promise<Login | undefined> => {
		const server = isDockerHub(host) ? hubKey : host;
		const ask = async (): Promise<HelperLogin | undefined> => {
			const answer = await askHelper(name, server, environment, signal);
			if (answer) known(answer.secret);
			return answer;
		};
		const first = await ask();
		if (!first || first.secret === '') return undefined;
		let {secret} = first;
		let askedAt = now();
		const current = async (): Promise<string> => {
			if (now() - askedAt > freshMs) {
				secret = (await ask())?.secret ?? secret;
				askedAt = now();
			}
			return secret;
		};
		return first.username === '<token>' ? {identityToken: current} : {username: first.username, password: current};
	};

	const byEntry = (entry: LoginEntry, file: LoginFile, host: string): Login | undefined => {
		if (entry.identitytoken) {
			const token = known(entry.identitytoken);
			return {identityToken: async () => token};
		}
		const basic = basicOf(entry, file, host);
		if (!basic) return undefined;
		const [username, password] = basic;
		known(password);
		return {username, password: async () => password};
	};

	return async (host) => {
		const tried: string[] = [];
		for (const {path, named} of loginPaths(environment, homeDirectory)) {
			const file = await readLoginFile(path, named);
			if (!file) continue;
			const helper = entryOf(file.credHelpers, host) ?? file.credsStore;
			if (helper) {
				const source = `docker-credential-${helper}, which ${path} names`;
				const login = await byHelper(helper, host);
				if (login) return {login, source};
				tried.push(source);
			}
			const entry = entryOf(file.auths, host);
			const login = entry && byEntry(entry, file, host);
			if (login) return {login, source: path};
			tried.push(path);
		}
		const where = tried.length === 0 ? 'no file of logins was found' : `none in ${tried.join(', ')}`;
		return {login: {}, source: where};
	};
};
