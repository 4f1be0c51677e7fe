import {accessSync, constants, existsSync} from 'node:fs';
import path from 'node:path';
import type {Context} from '../base/context.ts';
import {cacheFolderOf} from '../base/surroundings.ts';

type Places = Pick<Context, 'environment' | 'homeDirectory'>;

/** May this user put files there, now or once the folder is made? */
const isUsable = (folder: string): boolean => {
	if (!existsSync(folder)) return folder !== path.dirname(folder) && isUsable(path.dirname(folder));
	try {
		accessSync(folder, constants.W_OK | constants.X_OK);
		return true;
	} catch {
		return false;
	}
};

/** The folder for what may be lost: that of the state where this user has no cache, as without HOME, and a state is kept. */
const folderFor = ({environment, homeDirectory}: Places, stateDirectory?: string): string => {
	const cache = cacheFolderOf(environment, homeDirectory);
	return stateDirectory === undefined || isUsable(cache) ? cache : stateDirectory;
};

/** Where is kept what was found of the charts' keys; only a cache, like the other one. */
export const effectsFileOf = (places: Places, stateDirectory: string): string =>
	path.join(folderFor(places, stateDirectory), 'chart-effects.json');

/**
 * Where is kept which files of bundles were verified. It is the same for an install and for `bundle verify`, so that one
 * does not read gigabytes that the other has just read. Only a cache (XDG Base Directory Specification 0.8): it may go.
 */
export const memoFileOf = (places: Places, stateDirectory?: string): string =>
	path.join(folderFor(places, stateDirectory), 'verified.json');
