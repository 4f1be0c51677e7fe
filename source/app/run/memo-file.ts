import path from 'node:path';
import type {Context} from '../base/context.ts';
import {cacheFolderOf} from '../base/surroundings.ts';

type Places = Pick<Context, 'environment' | 'homeDirectory'>;

/** Where is kept what was found of the charts' keys; only a cache, like the other one. */
export const effectsFileOf = ({environment, homeDirectory}: Places): string =>
	path.join(cacheFolderOf(environment, homeDirectory), 'chart-effects.json');

/**
 * Where is kept which files of bundles were verified. It is the same for an install and for `bundle verify`, so that one
 * does not read gigabytes that the other has just read. Only a cache (XDG Base Directory Specification 0.8): it may go.
 */
export const memoFileOf = ({environment, homeDirectory}: Places): string =>
	path.join(cacheFolderOf(environment, homeDirectory), 'verified.json');
