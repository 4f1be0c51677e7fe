import {distance} from 'fastest-levenshtein';
import * as z from 'zod';
import type {ProblemError} from '../../base/problem.ts';
import type {Answer} from '../../http/types.ts';
import type {ManifestBytes} from '../../oci/descriptor.ts';
import {isDigest, sha256Of} from '../../oci/digest.ts';
import type {RemoteReference} from '../../oci/image-source.ts';
import {manifestTypes} from '../../oci/media-types.ts';
import {type Context, refuse} from '../refuse.ts';
import {type Words, wordsOf} from '../words.ts';
import type {Host} from './hosts.ts';
import {jsonOf} from './json.ts';
import {mediaTypeOf} from './manifest-form.ts';
import {refusePull} from './problems.ts';

/** `zenml/api:1.0`, or `zenml/api@sha256:…`. */
const nameOf = ({repository, reference}: RemoteReference): string =>
	`${repository}${isDigest(reference) ? '@' : ':'}${reference}`;

/** Tags that are told of a repository that lacks one. */
const mostTags = 5;
const tagList = z.object({tags: z.array(z.string())});

/** Tags of a repository that are closest to one that is not there; none where the registry does not tell its tags. */
const nearTags = async (host: Host, at: RemoteReference, signal: AbortSignal): Promise<readonly string[]> => {
	try {
		const answer = await host.send({
			method: 'GET',
			url: `/v2/${at.repository}/tags/list?n=1000`,
			repository: at.repository,
			what: `list the tags of ${at.repository}`,
			signal,
			accept: [200],
		});
		const {tags = []} = jsonOf(tagList, answer) ?? {};
		return tags.toSorted((a, b) => distance(at.reference, a) - distance(at.reference, b)).slice(0, mostTags);
	} catch (error) {
		if (signal.aborted) throw signal.reason ?? error;
		// Only a help for the problem that is told anyway.
		return [];
	}
};

/** What is missing: the repository, or only what was asked for in it. */
const missingOf = (at: RemoteReference, {codes}: Words, tags: readonly string[]) => {
	if (codes.includes('NAME_UNKNOWN')) return {case: 'no repository'} as const;
	const kind = isDigest(at.reference) ? 'digest' : 'tag';
	if (tags.length === 0) return {case: 'neither', kind, reference: at.reference} as const;
	return {case: 'other tags', kind, tags: tags.join(', ')} as const;
};

const notFound = async (
	host: Host,
	at: RemoteReference,
	answer: Answer,
	signal: AbortSignal,
): Promise<ProblemError> => {
	const words = wordsOf(answer);
	const tags = words.codes.includes('NAME_UNKNOWN') ? [] : await nearTags(host, at, signal);
	const context = host.contextOf(`find ${nameOf(at)}`, at.repository);
	const evidence = [`HTTP ${answer.status}`, ...words.lines];
	return refusePull(context, 'image-not-found', missingOf(at, words, tags), {evidence});
};

/** A digest that was asked for, and the one that the registry names. @throws ProblemError `registry-digest-mismatch` */
const refuseOther = (context: Context, actual: string, wanted: readonly string[]): void => {
	const expected = wanted.find((digest) => isDigest(digest) && digest !== actual);
	if (expected === undefined) return;
	throw refuse(context, 'registry-digest-mismatch', {case: 'pull', expected, actual});
};

/** What lies under a reference, byte for byte; or the answer that says that nothing does. */
const fetchManifest = async (
	host: Host,
	at: RemoteReference,
	signal: AbortSignal,
): Promise<{readonly found: ManifestBytes} | {readonly absent: Answer}> => {
	const what = `pull ${nameOf(at)}`;
	const context = host.contextOf(what, at.repository);
	const answer = await host.ask({
		method: 'GET',
		url: `/v2/${at.repository}/manifests/${at.reference}`,
		repository: at.repository,
		headers: {accept: manifestTypes.join(', ')},
		what,
		signal,
		accept: [200, 404],
	});
	if (answer.status === 404) return {absent: answer};
	const {body, headers} = answer;
	const digest = sha256Of(body);
	refuseOther(context, digest, [at.reference, String(headers['docker-content-digest'] ?? '')]);
	const [type = ''] = String(headers['content-type'] ?? '').split(';');
	return {found: {mediaType: mediaTypeOf(context, body, type.trim()), digest, bytes: body}};
};

/** The manifest or index under a reference, byte for byte; undefined where there is none. @throws ProblemError area `registry` */
export const findManifest = async (
	host: Host,
	at: RemoteReference,
	signal: AbortSignal,
): Promise<ManifestBytes | undefined> => {
	const result = await fetchManifest(host, at, signal);
	return 'found' in result ? result.found : undefined;
};

/** The same for one that must be there. @throws ProblemError `image-not-found`, or any other of area `registry` */
export const readManifest = async (host: Host, at: RemoteReference, signal: AbortSignal): Promise<ManifestBytes> => {
	const result = await fetchManifest(host, at, signal);
	if ('found' in result) return result.found;
	throw await notFound(host, at, result.absent, signal);
};
