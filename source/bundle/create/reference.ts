import {ProblemError} from '../../base/problem.ts';
import type {RemoteReference} from '../../oci/image-source.ts';
import {parseReference as takeApart} from '../../oci/reference.ts';
import {createProblems} from './problems.ts';

/** An image that can be carried: it has a tag. Its `reference` is what a registry is asked for: the digest where there is one. */
export type ImageReference = RemoteReference & {
	/** In full, without a digest: `docker.io/zenmldocker/zenml:0.95.1`. */
	readonly source: string;
	/** Last path component, which is its name in the internal registry. */
	readonly name: string;
	readonly tag: string;
};

/** @returns undefined where it has no tag @throws ProblemError `image-reference-invalid` */
const tagged = (text: string): ImageReference | undefined => {
	const {host, repository, tag, digest} = takeApart(text);
	if (tag === undefined) return undefined;
	const name = repository.slice(repository.lastIndexOf('/') + 1);
	return {host, repository, source: `${host}/${repository}:${tag}`, name, tag, reference: digest ?? tag};
};

/** @returns `undefined` where this is no reference, or one without a tag */
export const parseReference = (text: string): ImageReference | undefined => {
	try {
		return tagged(text);
	} catch (error) {
		if (error instanceof ProblemError) return undefined;
		throw error;
	}
};

/** The same for a reference that must be one. @param from what names it, for people @throws ProblemError `bundle-create-reference` */
export const referenceOf = (text: string, from: string): ImageReference => {
	const image = JSON.stringify(text.slice(0, 300));
	try {
		const found = tagged(text);
		if (found) return found;
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		const {cause: words, fix: advice} = error.problem;
		const given = {case: 'no reference', image, from, words, advice} as const;
		throw createProblems.error('bundle-create-reference', given, {error});
	}
	throw createProblems.error('bundle-create-reference', {case: 'no tag', image, from});
};
