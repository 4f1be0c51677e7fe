import {homedir, hostname, userInfo} from 'node:os';
import path from 'node:path';
import {printable} from '../../base/printable.ts';
import {cutTo, oneLine} from '../../base/text.ts';
import type {Context} from './context.ts';

type Environment = Context['environment'];

const orElse = <T>(look: () => T, other: T): T => {
	try {
		return look();
	} catch {
		return other;
	}
};

/** What the user list says; nothing where it has no line for this user, as in a container that is given any number. */
const passwd = () => orElse<{readonly username?: string; readonly homedir?: string}>(userInfo, {});

const absolute = (folder: string | undefined): string | undefined =>
	folder !== undefined && path.isAbsolute(folder) ? folder : undefined;

/**
 * The folder of this user: HOME, else what the user list says, else the root folder, as container runtimes have it. There most may
 * not write, and whatever would is refused with that path and its remedy.
 */
export const homeOf = ({HOME}: Environment): string =>
	absolute(HOME) ?? absolute(passwd().homedir) ?? absolute(orElse(homedir, '/')) ?? '/';

/** Characters of a name that are told; anybody may set the environment. */
const longestName = 64;

/** Who became another user with sudo(8) or doas(1), as these say it to what they start. */
const personIn = ({SUDO_USER, DOAS_USER}: Environment): string =>
	cutTo(printable(oneLine(SUDO_USER || DOAS_USER || '')), longestName);

/**
 * The name of this user for people, else its number. Where somebody became this user with sudo or doas, that person first: an account
 * that many share answers for nothing.
 * @param own for tests; what the user list says where nothing is said
 */
export const userNameOf = (
	userId: number | undefined,
	environment: Environment = {},
	own: string | undefined = passwd().username,
): string => {
	const account = own ?? `user ${userId ?? 'unknown'}`;
	const person = personIn(environment);
	return person === '' || person === account ? account : `${person} (as ${account})`;
};

/** The name of this host for people. */
export const hostNameOf = (): string => orElse(hostname, 'localhost');

/** The folder this was started in; where it was removed meanwhile, its last known name, below which nothing is found. */
export const workingFolderOf = (look: () => string, {PWD}: Environment): string => orElse(look, absolute(PWD) ?? '/');

/** A folder that the XDG Base Directory Specification names; one that is not absolute is to be ignored (0.8, "Basics"). */
const xdgFolder = (named: string | undefined, home: string, ...usual: readonly string[]): string =>
	absolute(named) ?? path.join(home, ...usual);

/** Where this program keeps what may be lost. */
export const cacheFolderOf = ({XDG_CACHE_HOME}: Environment, home: string): string =>
	path.join(xdgFolder(XDG_CACHE_HOME, home, '.cache'), 'zenml-airgap');

/** Where this program keeps its state, unless another folder is named. */
export const stateFolderOf = ({XDG_STATE_HOME}: Environment, home: string): string =>
	path.join(xdgFolder(XDG_STATE_HOME, home, '.local', 'state'), 'zenml-airgap');
