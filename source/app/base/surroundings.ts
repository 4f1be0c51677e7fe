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

/** Terminals that say of themselves that they cannot be drawn on; one without a name may be a serial line, or anything. */
const undrawn: readonly string[] = ['', 'dumb', 'unknown'];

/** Whether a terminal can be drawn on, and its user wants that. */
export const drawsScreens = ({TERM = '', NO_COLOR, INK_SCREEN_READER}: Environment): boolean =>
	!undrawn.includes(TERM) && NO_COLOR === undefined && INK_SCREEN_READER !== 'true';

/**
 * Whether a terminal says that its background is light: the last number of COLORFGBG, as rxvt and Konsole set it. Of the 16 colours of a
 * terminal 0 to 6 and 8 are dark.
 */
export const isLight = ({COLORFGBG = ''}: Environment): boolean => /(?:^|;)(?:7|9|1[0-5])$/u.test(COLORFGBG);

/** Whether a locale has no more than ASCII, or one that is not UTF-8 (locale(7): LC_ALL goes before LC_CTYPE before LANG). */
export const isAscii = ({LC_ALL, LC_CTYPE, LANG}: Environment): boolean =>
	!/utf-?8/iu.test(LC_ALL || LC_CTYPE || LANG || '');

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
