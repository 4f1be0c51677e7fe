import {isMap} from '../../base/text.ts';
import {wholeBody} from '../../http/body.ts';
import type {Answer} from '../../http/types.ts';
import type {ManifestBytes} from '../../oci/descriptor.ts';
import {isDigest, sha256Of} from '../../oci/digest.ts';
import {maximumListed} from '../../oci/manifest.ts';
import {manifestTypes} from '../../oci/media-types.ts';
import {refuse} from '../refuse.ts';
import {asking, type Repository} from '../repository.ts';
import type {Request} from '../request.ts';
import type {Parts} from '../types.ts';

/** What this client can read; without the list a registry may convert to an old format and change the digest. */
const acceptTypes = manifestTypes.join(', ');

/** Indexes may name indexes; nothing real goes deeper. */
const deepest = 2;

const digestIn = (value: unknown): string | undefined => (isDigest(value) ? value : undefined);

const get = (repository: Repository, reference: string, accept: readonly number[]): Request => ({
	...asking(repository),
	method: 'GET',
	url: `/v2/${repository.name}/manifests/${reference}`,
	headers: {accept: acceptTypes},
	accept,
});

/** The digest that a registry tells, where its length is the one expected, so that it may be believed. */
const saidDigest = ({headers}: Answer, length: number | undefined): string | undefined => {
	const told = headers['content-length'];
	const isOther = length !== undefined && told !== undefined && Number(told) !== length;
	return isOther ? undefined : digestIn(headers['docker-content-digest']);
};

/**
 * The digest under a reference as the registry says, or as its bytes have where it does not say.
 * @param length bytes of the manifest that is expected: a registry that tells another length is not believed its digest
 * @returns undefined where the registry does not have it
 */
export const readManifestDigest = async (
	repository: Repository,
	reference: string,
	length?: number,
): Promise<string | undefined> => {
	const {session} = repository;
	const request = get(repository, reference, [200, 404]);
	const head = await session.ask({...request, method: 'HEAD'});
	if (head.status === 404) return undefined;
	const said = saidDigest(head, length);
	if (said !== undefined) return said;
	const whole = await session.ask(request);
	return whole.status === 404 ? undefined : sha256Of(whole.body);
};

/** What manifests name. */
export type Contents = {readonly configs: readonly string[]; readonly blobs: Parts['blobs']};

const nothing: Contents = {configs: [], blobs: []};

const sized = (value: unknown): Parts['blobs'] => {
	if (!isMap(value) || typeof value.size !== 'number') return [];
	const digest = digestIn(value.digest);
	return digest === undefined ? [] : [{digest, size: value.size}];
};

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What lies at the registry need not be an image. */
const parse = ({body}: Answer): Readonly<Record<string, unknown>> => {
	try {
		const value: unknown = JSON.parse(body.toString('utf8'));
		return isMap(value) ? value : {};
	} catch {
		return {};
	}
};

/** How many manifests are still asked for, of all indexes together: one that names itself would lead on and on. */
type Budget = {left: number};

const readBelow = async (repository: Repository, reference: string, budget: Budget, depth = 0): Promise<Contents> => {
	const answer = await repository.session.ask(get(repository, reference, [200, 404]));
	if (answer.status === 404) return nothing;
	const {config, layers, manifests} = parse(answer);
	const configs = sized(config);
	const found: Contents[] = [
		{configs: configs.map(({digest}) => digest), blobs: [...configs, ...listIn(layers).flatMap(sized)]},
	];
	const children = depth < deepest ? listIn(manifests) : [];
	for (const child of children) {
		const digest = isMap(child) ? digestIn(child.digest) : undefined;
		if (digest === undefined || budget.left <= 0) continue;
		budget.left -= 1;
		found.push(await readBelow(repository, digest, budget, depth + 1));
	}
	return {configs: found.flatMap((one) => one.configs), blobs: found.flatMap(({blobs}) => blobs)};
};

/**
 * What a manifest, or the manifests of an index, name. Digests of configurations stay the same however layers are compressed. Empty when
 * the registry does not have it, or has something that is no image; no more manifests are read than an image may have.
 */
export const readContents = (repository: Repository, reference: string): Promise<Contents> =>
	readBelow(repository, reference, {left: maximumListed});

/**
 * Puts a manifest under a tag or its digest, reads it back and compares the bytes' own digest.
 * @throws ProblemError `registry-digest-mismatch`, or any other of area `registry`
 */
export const putManifest = async (
	repository: Repository,
	manifest: ManifestBytes,
	reference: string,
): Promise<void> => {
	const {session, context, name} = repository;
	const request = get(repository, reference, [200]);
	await session.ask({
		...request,
		method: 'PUT',
		context: {...context, mediaType: manifest.mediaType},
		headers: {'content-type': manifest.mediaType},
		body: wholeBody(manifest.bytes),
		accept: [201, 202, 204],
	});
	const back = await session.ask({...request, context: {...context, what: `read ${name} ${reference} back`}});
	const actual = sha256Of(back.body);
	if (actual === manifest.digest) return;
	throw refuse(context, 'registry-digest-mismatch', {case: 'push', expected: manifest.digest, actual});
};
