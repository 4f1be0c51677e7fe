import {printable} from '../../base/printable.ts';
import {imageNameOf} from '../../oci/reference.ts';
import {imageProblems} from './problems.ts';

/** @param name as the operator gave it, for an image without one @returns the same @throws ProblemError `bundle-image-name` */
export const requireName = (name: string): string => {
	if (imageNameOf(name)) return name;
	throw imageProblems.error('bundle-image-name', {case: 'form', name: printable(name.slice(0, 300))});
};

/** @param used whether an image had none of its own @throws ProblemError `bundle-image-name` */
export const requireUsed = (name: string | undefined, used: boolean): void => {
	if (name !== undefined && !used) throw imageProblems.error('bundle-image-name', {case: 'unused', name});
};
