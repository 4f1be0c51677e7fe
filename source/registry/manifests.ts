import {createHash} from 'node:crypto';
import type {ManifestBytes} from '../oci/descriptor.ts';
import {scopeOf} from './auth.ts';
import {type Context, digestMismatch} from './problems.ts';
import type {Session} from './session.ts';
import type {Parts} from './types.ts';

/** What this client can read; without the list a registry may convert to an old format and change the digest. */
const acceptTypes = [
	'application/vnd.oci.image.manifest.v1+json',
	'application/vnd.oci.image.index.v1+json',
	'application/vnd.docker.distribution.manifest.v2+json',
	'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

const digestHeader = (value: unknown): string | undefined =>
	typeof value === 'string' && /^sha256:[0-9a-f]{64}$/u.test(value) ? value : undefined;

type Ask = {
	readonly session: Session;
	readonly context: Context;
	readonly repository: string;
	readonly signal: AbortSignal;
};

/**
 * The digest under a reference as the registry says, or as its bytes have where it does not say.
 * @param length bytes of the manifest that is expected: a registry that tells another length is not believed its digest
 */
export const readManifestDigest = async (
	ask: Ask,
	reference: string,
	rights: 'pull' | 'pull,push' = 'pull',
	length?: number,
): Promise<string | undefined> => {
	const {session, context, repository, signal} = ask;
	const request = {
		url: `/v2/${repository}/manifests/${reference}`,
		headers: {accept: acceptTypes},
		scopes: [scopeOf(repository, rights)],
		context,
		signal,
		accept: [200, 404],
	} as const;
	const head = await session.ask({...request, method: 'HEAD'});
	if (head.status === 404) return undefined;
	const said = digestHeader(head.headers['docker-content-digest']);
	const told = head.headers['content-length'];
	if (said !== undefined && (length === undefined || told === undefined || Number(told) === length)) return said;
	const whole = await session.ask({...request, method: 'GET'});
	return whole.status === 404 ? undefined : `sha256:${createHash('sha256').update(whole.body).digest('hex')}`;
};

const sized = (value: unknown): Parts['blobs'] => {
	if (!(value instanceof Object && 'digest' in value && 'size' in value)) return [];
	const digest = digestHeader(value.digest);
	return digest === undefined || typeof value.size !== 'number' ? [] : [{digest, size: value.size}];
};

/** What is looked at of a manifest or an index that lies at the registry. */
type Named = {
	readonly config?: unknown;
	readonly layers?: unknown;
	readonly manifests?: ReadonlyArray<{readonly digest?: unknown}>;
};

type Contents = {readonly configs: readonly string[]; readonly blobs: Parts['blobs']};
const nothing: Contents = {configs: [], blobs: []};

/**
 * What a manifest, or the manifests of an index, name. Digests of configurations stay the same however layers are compressed. Empty when
 * the registry does not have it, or has something that is no image.
 */
export const readContents = async (ask: Ask, reference: string, depth = 0): Promise<Contents> => {
	const {session, context, repository, signal} = ask;
	const answer = await session.ask({
		method: 'GET',
		url: `/v2/${repository}/manifests/${reference}`,
		headers: {accept: acceptTypes},
		scopes: [scopeOf(repository, 'pull')],
		context,
		signal,
		accept: [200, 404],
	});
	if (answer.status === 404) return nothing;
	let named: Named | null;
	try {
		named = JSON.parse(answer.body.toString('utf8')) as Named | null;
	} catch {
		return nothing;
	}
	const config = sized(named?.config);
	const layers = Array.isArray(named?.layers) ? named.layers.flatMap(sized) : [];
	const found: Contents[] = [{configs: config.map(({digest}) => digest), blobs: [...config, ...layers]}];
	for (const entry of depth < 2 && Array.isArray(named?.manifests) ? named.manifests : []) {
		const child = digestHeader(entry?.digest);
		if (child !== undefined) found.push(await readContents(ask, child, depth + 1));
	}
	return {configs: found.flatMap(({configs}) => configs), blobs: found.flatMap(({blobs}) => blobs)};
};

/**
 * Puts a manifest under a tag or its digest, reads it back and compares the bytes' own digest.
 * @throws ProblemError `registry-digest-mismatch`, or any other of area `registry`
 */
export const putManifest = async (ask: Ask, manifest: ManifestBytes, reference: string): Promise<void> => {
	const {session, context, repository, signal} = ask;
	const url = `/v2/${repository}/manifests/${reference}`;
	const scopes = [scopeOf(repository, 'pull,push')];
	await session.ask({
		method: 'PUT',
		url,
		headers: {'content-type': manifest.mediaType},
		body: {
			length: manifest.bytes.length,
			chunks: async function* () {
				yield manifest.bytes;
			},
		},
		scopes,
		context,
		signal,
		accept: [201, 202, 204],
	});
	const back = await session.ask({
		method: 'GET',
		url,
		headers: {accept: acceptTypes},
		scopes,
		context: {...context, what: `read ${repository} ${reference} back`},
		signal,
		accept: [200],
	});
	const actual = `sha256:${createHash('sha256').update(back.body).digest('hex')}`;
	if (actual !== manifest.digest) throw digestMismatch(context, manifest.digest, actual);
};
