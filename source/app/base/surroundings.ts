import {homedir, hostname, userInfo} from 'node:os';
import path from 'node:path';
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

/** The name of this user for people, else its number. */
export const userNameOf = (userId: number | undefined): string => passwd().username ?? `user ${userId ?? 'unknown'}`;

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
