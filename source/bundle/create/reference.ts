import {bundleProblem} from '../problems.ts';
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

/** OCI distribution specification 1.1, "Pulling manifests": names and tags. */
const path = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/u;
const written = /^(?<path>[^@]+?)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/u;

/** Docker's own rule (distribution/reference): the first component is a host if it has a dot or a port, or is `localhost`. */
const splitHost = (given: string): RemoteRepository => {
	const slash = given.indexOf('/');
	const first = given.slice(0, Math.max(0, slash));
	if (first === 'localhost' || /[.:]/u.test(first)) return {host: first, repository: given.slice(slash + 1)};
	return {host: 'docker.io', repository: slash < 0 ? `library/${given}` : given};
};

/** @returns `undefined` where this is no reference, or one without a tag */
export const parseReference = (text: string): ImageReference | undefined => {
	const {path: given = '', tag, digest} = written.exec(text)?.groups ?? {};
	const {host, repository} = splitHost(given);
	if (tag === undefined || !path.test(repository) || !/^[A-Za-z0-9.-]+(?::\d{1,5})?$/u.test(host)) return undefined;
	const name = repository.slice(repository.lastIndexOf('/') + 1);
	return {host, repository, source: `${host}/${repository}:${tag}`, name, tag, reference: digest ?? tag};
};

/** The same for a reference that must be one. @throws ProblemError `bundle-create-reference` */
export const referenceOf = (text: string, from: string): ImageReference => {
	const parsed = parseReference(text);
	if (parsed) return parsed;
	throw bundleProblem({
		code: 'bundle-create-reference',
		message: `${JSON.stringify(text.slice(0, 300))} cannot be pulled: it is not an image with a tag.`,
		cause: `It comes from ${from}. An image is named HOST/PATH:TAG, all of the path in small letters; its tag is what the internal registry will have.`,
		fix: 'Write the reference with its tag; a digest may follow: HOST/PATH:TAG@sha256:...',
	});
};
