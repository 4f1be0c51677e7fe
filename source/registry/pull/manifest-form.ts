import * as z from 'zod';
import {cutTo, isMap} from '../../base/text.ts';
import type {ManifestBytes} from '../../oci/descriptor.ts';
import type {RemoteRepository} from '../../oci/image-source.ts';
import {descriptorSchema} from '../../oci/manifest.ts';
import {manifestTypes, mediaTypes} from '../../oci/media-types.ts';
import {type Context, refuse} from '../refuse.ts';
import type {Host} from './hosts.ts';
import {refusePull} from './problems.ts';

/** @throws ProblemError `registry-not-a-registry` */
const parse = (context: Context, bytes: Buffer): Readonly<Record<string, unknown>> => {
	let value: unknown;
	try {
		value = JSON.parse(bytes.toString('utf8'));
	} catch {
		throw refuse(context, 'registry-not-a-registry', {case: 'manifest no JSON'});
	}
	if (isMap(value)) return value;
	throw refuse(context, 'registry-not-a-registry', {case: 'manifest no object'});
};

/** Of a manifest that does not say what it is. */
const typeByForm = ({manifests, layers}: Readonly<Record<string, unknown>>): string | undefined => {
	if (Array.isArray(manifests)) return mediaTypes.index;
	return Array.isArray(layers) ? mediaTypes.manifest : undefined;
};

/** What a manifest is, by its own word, else by the answer's header, else by its form. @throws ProblemError */
export const mediaTypeOf = (context: Context, bytes: Buffer, header: string): string => {
	const manifest = parse(context, bytes);
	const {schemaVersion, mediaType, manifests, layers, config} = manifest;
	if (schemaVersion === 1 || /docker\.distribution\.manifest\.v1\+/u.test(header)) {
		throw refusePull(context, 'image-schema-1', {});
	}
	// Read as an index by one program and as an image by another (CVE-2021-41190).
	if (manifests !== undefined && (layers !== undefined || config !== undefined)) {
		throw refusePull(context, 'image-manifest-ambiguous', {});
	}
	const said = typeof mediaType === 'string' ? mediaType : header;
	if (manifestTypes.includes(said)) return said;
	const found = typeof mediaType === 'string' ? undefined : typeByForm(manifest);
	if (found !== undefined) return found;
	throw refusePull(context, 'image-manifest-unknown', {type: JSON.stringify(cutTo(said, 100))});
};

const schema = z.union([
	z.object({manifests: z.array(descriptorSchema.extend({artifactType: z.string().optional()}))}),
	z.object({config: descriptorSchema, layers: z.array(descriptorSchema)}),
]);

/** What a manifest names: other manifests, or blobs with the configuration first. @throws ProblemError `image-manifest-parts` */
export const contentsOf = (
	host: Host,
	at: RemoteRepository,
	{bytes, digest}: ManifestBytes,
): z.infer<typeof schema> => {
	const result = schema.safeParse(JSON.parse(bytes.toString('utf8')));
	if (result.success) return result.data;
	const context = host.contextOf(`read ${at.repository}@${digest}`, at.repository);
	throw refusePull(context, 'image-manifest-parts', {});
};
