import path from 'node:path';
import type {Context} from '../base/context.ts';
import {cacheFolderOf} from '../base/surroundings.ts';

/**
 * Where is kept which files of bundles were verified. It is the same for an install and for `bundle verify`, so that one
 * does not read gigabytes that the other has just read. Only a cache (XDG Base Directory Specification 0.8): it may go.
 */
export const memoFileOf = ({environment, homeDirectory}: Pick<Context, 'environment' | 'homeDirectory'>): string =>
	path.join(cacheFolderOf(environment, homeDirectory), 'verified.json');
