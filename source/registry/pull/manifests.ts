import {createHash} from 'node:crypto';
import {distance} from 'fastest-levenshtein';
import * as z from 'zod';
import type {ProblemError} from '../../base/problem.ts';
import type {RemoteReference} from '../../bundle/create/source.ts';
import type {ManifestBytes} from '../../oci/descriptor.ts';
import {digestMismatch, refusal} from '../problems.ts';
import {type Answer, wordsOf} from '../refusals.ts';
import type {Host} from './hosts.ts';
import {manifestTypes, mediaTypeOf} from './manifest-form.ts';

const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/u.test(text);
const separator = (reference: string): string => (isDigest(reference) ? '@' : ':');

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
		const {tags} = z.object({tags: z.array(z.string())}).parse(JSON.parse(answer.body.toString('utf8')));
		return tags.toSorted((a, b) => distance(at.reference, a) - distance(at.reference, b)).slice(0, 5);
	} catch (error) {
		if (signal.aborted) throw signal.reason ?? error;
		// Only a help for the problem that is told anyway.
		return [];
	}
};

const notFound = async (
	host: Host,
	at: RemoteReference,
	answer: Answer,
	signal: AbortSignal,
): Promise<ProblemError> => {
	const {codes, lines} = wordsOf(answer);
	const tags = codes.includes('NAME_UNKNOWN') ? [] : await nearTags(host, at, signal);
	const cause = codes.includes('NAME_UNKNOWN')
		? `There is no repository ${at.repository} on it, or this login may not see it.`
		: tags.length > 0
			? `The repository ${at.repository} is there, but not this ${isDigest(at.reference) ? 'digest' : 'tag'}. It has, among others: ${tags.join(', ')}.`
			: `There is no ${isDigest(at.reference) ? 'digest' : 'tag'} ${at.reference} in ${at.repository}, or no such repository.`;
	return refusal(
		host.contextOf(`find ${at.repository}${separator(at.reference)}${at.reference}`, at.repository),
		{code: 'image-not-found', cause, fix: 'Check the name and the version.'},
		[`HTTP ${answer.status}`, ...lines],
	);
};

/** Its digest is compared with the reference, where that is one, and with the one that the registry names. */
const fetchManifest = async (
	host: Host,
	at: RemoteReference,
	signal: AbortSignal,
): Promise<{readonly found: ManifestBytes} | {readonly absent: Answer}> => {
	const what = `pull ${at.repository}${separator(at.reference)}${at.reference}`;
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
	const digest = `sha256:${createHash('sha256').update(answer.body).digest('hex')}`;
	const said = String(answer.headers['docker-content-digest'] ?? '');
	for (const wanted of [at.reference, said].filter(isDigest)) {
		if (wanted !== digest) throw digestMismatch(context, wanted, digest);
	}
	const header =
		String(answer.headers['content-type'] ?? '')
			.split(';')[0]
			?.trim() ?? '';
	return {found: {mediaType: mediaTypeOf(context, answer.body, header), digest, bytes: answer.body}};
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
