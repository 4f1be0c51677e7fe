import * as z from 'zod';
import type {ProblemError} from '../../base/problem.ts';
import type {RemoteRepository} from '../../bundle/create/source.ts';
import type {ManifestBytes} from '../../oci/descriptor.ts';
import {type Context, notARegistry, refusal} from '../problems.ts';
import type {Host} from './hosts.ts';

const indexTypes = [
	'application/vnd.oci.image.index.v1+json',
	'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;
const imageTypes = [
	'application/vnd.oci.image.manifest.v1+json',
	'application/vnd.docker.distribution.manifest.v2+json',
] as const;
/** Manifests that are understood: indexes and images of OCI and of Docker's schema 2. */
export const manifestTypes: readonly string[] = [...indexTypes, ...imageTypes];

const unusable = (context: Context, code: string, cause: string, fix: string): ProblemError =>
	refusal(context, {code, cause, fix}, []);

/** What a manifest is, by its own word, else by the answer's header, else by its build. @throws ProblemError */
export const mediaTypeOf = (context: Context, bytes: Buffer, header: string): string => {
	let value: unknown;
	try {
		value = JSON.parse(bytes.toString('utf8'));
	} catch {
		throw notARegistry(context, 'Where a manifest was asked for, it answers with something that is no JSON.');
	}
	if (!(value instanceof Object)) throw notARegistry(context, 'Its manifest is no JSON object.');
	const {schemaVersion, mediaType, manifests, layers, config} = value as Record<string, unknown>;
	if (schemaVersion === 1 || /docker\.distribution\.manifest\.v1\+/u.test(header)) {
		throw unusable(
			context,
			'image-schema-1',
			'It is kept there as a Docker image of schema 1, a form that was given up in 2017 and has no digests of its own.',
			'Have the image pushed again by a current client, or use a newer version of it.',
		);
	}
	// Read as an index by one program and as an image by another (CVE-2021-41190).
	if (manifests !== undefined && (layers !== undefined || config !== undefined)) {
		throw unusable(
			context,
			'image-manifest-ambiguous',
			'Its manifest is an index and an image at once.',
			'Do not use this image.',
		);
	}
	const said = typeof mediaType === 'string' ? mediaType : header;
	if (manifestTypes.includes(said)) return said;
	if (typeof mediaType !== 'string' && Array.isArray(manifests)) return indexTypes[0];
	if (typeof mediaType !== 'string' && Array.isArray(layers)) return imageTypes[0];
	throw unusable(
		context,
		'image-manifest-unknown',
		`What lies there is no container image: its type is ${JSON.stringify(said.slice(0, 100))}.`,
		'Check the reference; a chart or another artifact may lie under that name.',
	);
};

const descriptor = z.object({
	mediaType: z.string(),
	digest: z.string().regex(/^sha256:[0-9a-f]{64}$/u),
	size: z.int().nonnegative(),
});
const schema = z.union([
	z.object({manifests: z.array(z.object({...descriptor.shape, artifactType: z.string().optional()}))}),
	z.object({config: descriptor, layers: z.array(descriptor)}),
]);

/** What a manifest names: other manifests, or blobs with the configuration first. @throws ProblemError */
export const contentsOf = (
	host: Host,
	at: RemoteRepository,
	{bytes, digest}: ManifestBytes,
): z.infer<typeof schema> => {
	const result = schema.safeParse(JSON.parse(bytes.toString('utf8')));
	if (result.success) return result.data;
	throw unusable(
		host.contextOf(`read ${at.repository}@${digest}`, at.repository),
		'image-manifest-parts',
		'Its manifest does not name its parts by sha256 and size.',
		'Have the image pushed again by a current client, or use another one.',
	);
};
