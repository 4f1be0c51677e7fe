import type {Login} from '../auth/login.ts';
import {hostRowOf} from '../quirks.ts';
import {askHelper, type Helper, type HelperLogin} from './credential-helper.ts';
import {type LoginEntry, type LoginFile, loginPaths, readLoginFile} from './login-files.ts';
import {pullProblems} from './problems.ts';

/** The login for one registry, and where it comes from, or where none was found, in words for a problem. */
export type FoundLogin = {readonly login: Login; readonly source: string};

/** @throws ProblemError `registry-login-file`, `registry-credential-helper` */
export type FindLogin = (host: string) => Promise<FoundLogin>;

/** Logins of the big clouds end after an hour: a helper is asked again when its answer is older than this. */
const freshMs = 10 * 60_000;

/** Under which `docker login` keeps the login of a host. */
const keyOf = (host: string): string => hostRowOf(host).loginKey ?? host;

/** The host in a key, which may be written as a URL. */
const hostIn = (key: string): string => key.replace(/^https?:\/\//iu, '').replace(/\/.*$/u, '');

/** A key with a path is a login for that path alone (containers-auth.json), save for the old forms of Docker. */
const isOfWholeHost = (key: string): boolean => /^(?:https?:\/\/)?[^/]+(?:\/(?:v[12]\/?)?)?$/u.test(key);

/** Docker Hub has several names. */
const isSameHost = (one: string, other: string): boolean => {
	const endpoint = hostRowOf(other).endpoint;
	if (endpoint !== undefined) return hostRowOf(one).endpoint === endpoint;
	return one.toLowerCase() === other.toLowerCase();
};

/** Entry of a host: by its own name first, else by a key that was written as a URL. */
const entryOf = <T>(entries: Readonly<Record<string, T>> | undefined, host: string): T | undefined => {
	if (entries === undefined) return undefined;
	const exact = keyOf(host);
	if (Object.hasOwn(entries, exact)) return entries[exact];
	return Object.entries(entries).find(([key]) => isOfWholeHost(key) && isSameHost(hostIn(key), host))?.[1];
};

/** User and password of an entry (`auth` is base64 of both, joined by a colon). @throws ProblemError `registry-login-file` */
const basicOf = (
	{auth, username, password}: LoginEntry,
	{path: file}: LoginFile,
	host: string,
): readonly [string, string] | undefined => {
	if (auth === undefined || auth === '') {
		return username && password !== undefined ? [username, password] : undefined;
	}
	const decoded = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/u, '');
	const colon = decoded.indexOf(':');
	if (colon > 0) return [decoded.slice(0, colon), decoded.slice(colon + 1)];
	throw pullProblems.error('registry-login-file', {case: 'entry', host, file}, {location: {file}});
};

/** What logins are looked for with. */
type Finder = {
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly homeDirectory: string;
	/** Hears every secret before it is used anywhere. */
	readonly onSecret: (secret: string) => void;
	/** Ends helpers that run; of the whole work, since a login is asked for again while it goes on. */
	readonly signal: AbortSignal;
	readonly now?: (() => number) | undefined;
};

/** The login that a helper keeps; it is asked again for a secret that has become old. */
const loginByHelper = async (name: string, host: string, finder: Finder): Promise<Login | undefined> => {
	const {environment, signal, onSecret, now = Date.now} = finder;
	const helper: Helper = {name, environment, signal};
	const ask = async (): Promise<HelperLogin | undefined> => {
		const answer = await askHelper(helper, keyOf(host));
		if (answer) onSecret(answer.secret);
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

const loginByEntry = (entry: LoginEntry, file: LoginFile, host: string, {onSecret}: Finder): Login | undefined => {
	const {identitytoken: token} = entry;
	if (token) {
		onSecret(token);
		return {identityToken: async () => token};
	}
	const basic = basicOf(entry, file, host);
	if (!basic) return undefined;
	const [username, password] = basic;
	onSecret(password);
	return {username, password: async () => password};
};

/** What one file has for a host: a helper before an entry. `sources`: where the login comes from, or where none was. */
const searchFile = async (
	file: LoginFile,
	host: string,
	finder: Finder,
): Promise<{readonly login: Login | undefined; readonly sources: readonly string[]}> => {
	const name = entryOf(file.credHelpers, host) ?? file.credsStore;
	const byHelper = name ? [`docker-credential-${name}, which ${file.path} names`] : [];
	const kept = name ? await loginByHelper(name, host, finder) : undefined;
	if (kept) return {login: kept, sources: byHelper};
	const entry = entryOf(file.auths, host);
	const login = entry && loginByEntry(entry, file, host, finder);
	return {login, sources: login ? [file.path] : [...byHelper, file.path]};
};

/** Looks logins up where `docker login` and `podman login` keep them: credential helpers, stores and files. */
export const createLoginFinder =
	(finder: Finder): FindLogin =>
	async (host) => {
		const tried: string[] = [];
		for (const at of loginPaths(finder.environment, finder.homeDirectory)) {
			const file = await readLoginFile(at);
			if (!file) continue;
			const {login, sources} = await searchFile(file, host, finder);
			if (login) return {login, source: sources.join(', ')};
			tried.push(...sources);
		}
		const where = tried.length === 0 ? 'no file of logins was found' : `none in ${tried.join(', ')}`;
		return {login: {}, source: where};
	};
