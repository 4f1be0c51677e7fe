import {bundleProblem} from '../../archive/problems.ts';
import {ProblemError} from '../../base/problem.ts';
import {parseReference as takeApart} from '../../oci/reference.ts';
import type {RemoteRepository} from './source.ts';

/** A reference taken apart. `reference` is what a registry is asked for: the digest where there is one, else the tag. */
export type ImageReference = RemoteRepository & {
	/** In full, without a digest: `docker.io/zenmldocker/zenml:0.95.1`. */
	readonly source: string;
	/** Last path component, which is its name in the internal registry. */
	readonly name: string;
	readonly tag: string;
	readonly reference: string;
};

/** @throws ProblemError `image-reference-invalid`; without a tag it is `undefined` */
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

const refusal = (text: string, from: string, cause: string, fix: string, error?: unknown): ProblemError =>
	bundleProblem(
		{
			code: 'bundle-create-reference',
			message: `${JSON.stringify(text.slice(0, 300))} cannot be pulled: it is not an image with a tag.`,
			cause: `It comes from ${from}. ${cause}`,
			fix,
			nextSteps: ['An image is named HOST/PATH:TAG; a digest may follow: HOST/PATH:TAG@sha256:...'],
		},
		error === undefined ? undefined : {cause: error},
	);

/** The same for a reference that must be one. @throws ProblemError `bundle-create-reference` */
export const referenceOf = (text: string, from: string): ImageReference => {
	let found: ImageReference | undefined;
	try {
		found = tagged(text);
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		throw refusal(text, from, error.problem.cause, error.problem.fix, error);
	}
	if (found) return found;
	throw refusal(text, from, 'It has no tag.', 'Write its tag: that is what the internal registry will have.');
};
