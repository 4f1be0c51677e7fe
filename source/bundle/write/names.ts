import {unfinished} from '../../base/files.ts';

/** Says which files a run is about to put there, so that a later run with another spec may take them away again. */
export const makingFile = 'bundle.json.part';

/** Where the bytes of a blob are collected until it is whole; a later run goes on with them. */
export const partOf = (file: string): string => `${file}.part`;

/** Is it called as a file that is not whole? What says what a run is about to do is whole. */
export const isNotWhole = (path: string): boolean =>
	path !== makingFile && [partOf(''), unfinished('')].some((ending) => path.endsWith(ending));
