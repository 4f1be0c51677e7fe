import {makingFile} from './index-file.ts';
import {layoutProblems} from './problems.ts';
import type {Layout} from './types.ts';

/** A bundle in which `bundle create` was at work and did not come to its end. @throws ProblemError `bundle-unfinished` */
export const requireFinished = ({path, files}: Layout): void => {
	if (files.has(makingFile)) throw layoutProblems.error('bundle-unfinished', {path});
};
