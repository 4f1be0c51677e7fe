import {bundleProblem} from '../../archive/problems.ts';
import {makingFile} from '../write/names.ts';
import type {Layout} from './layout.ts';

/** A folder in which `bundle create` was at work and did not come to its end. @param path for the message */
export const unfinished = (path: string) =>
	bundleProblem({
		code: 'bundle-unfinished',
		message: `The bundle ${path} is not finished.`,
		cause: `\`bundle create\` was stopped while it made it, or is still at work: ${makingFile} is there, which it takes away last.`,
		fix: 'On the connected side start the same `bundle create` again: it goes on with what is there. Carry the bundle over when it says that it is whole.',
		answers: ['bundle.path'],
	});

/** @throws ProblemError `bundle-unfinished` */
export const requireFinished = ({path, files}: Layout): void => {
	if (files.has(makingFile)) throw unfinished(path);
};
