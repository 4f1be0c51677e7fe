import path from 'node:path';
import {safeFolder} from '../../base/own/folder.ts';
import type {Context} from './context.ts';
import {cacheFolderOf, homeOf} from './surroundings.ts';

/**
 * Where compiled code is kept so that the next start is faster. V8 runs what it finds there without a proof of where it came from, and
 * the folder that Node takes by itself has a name in a place that all users share: so only a folder is taken that nobody but this user
 * and root can put anything in.
 * @returns undefined where there is none, which costs time only
 */
export const compileCacheFolder = (environment: Context['environment']): string | undefined => {
	// The operator named another one, or wants none.
	if (environment.NODE_COMPILE_CACHE || environment.NODE_DISABLE_COMPILE_CACHE === '1') return undefined;
	return safeFolder(path.join(cacheFolderOf(environment, homeOf(environment)), 'compile-cache'));
};

/**
 * True where NODE_COMPILE_CACHE names a folder that somebody else can put code in. Node has turned it on before the first line of
 * this program; what is read from here on is read without it.
 */
export const mustLeaveNamedCache = ({
	NODE_COMPILE_CACHE,
	NODE_DISABLE_COMPILE_CACHE,
}: Context['environment']): boolean =>
	Boolean(NODE_COMPILE_CACHE) &&
	NODE_DISABLE_COMPILE_CACHE !== '1' &&
	safeFolder(path.resolve(NODE_COMPILE_CACHE ?? '')) === undefined;
