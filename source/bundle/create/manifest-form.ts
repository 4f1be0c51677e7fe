import * as z from 'zod';
import type {Descriptor, ManifestBytes} from '../../oci/descriptor.ts';
import {descriptorSchema, imageManifestSchema, platformSchema} from '../../oci/manifest.ts';
import {platformOf} from '../../oci/platform.ts';
import {parseJson} from '../write/json.ts';
import type {PlannedPlatform} from './types.ts';

/** Entries are kept as they are, for an index that is made of some of them. */
const indexSchema = z.object({
	manifests: z.array(z.looseObject({...descriptorSchema.shape, platform: platformSchema.optional()})).max(1000),
});
const configSchema = z.object({...platformSchema.shape, created: z.string().optional()});

/** What an index says of one of its manifests. */
export type IndexEntry = z.infer<typeof indexSchema>['manifests'][number];

/** The manifests that an index names. @returns `undefined` for what is no index */
export const indexEntries = ({bytes}: ManifestBytes): readonly IndexEntry[] | undefined =>
	indexSchema.safeParse(parseJson(bytes)).data?.manifests;

/** The blobs that an image manifest names. @returns `undefined` for what is no image manifest */
export const blobsOf = ({
	bytes,
}: ManifestBytes): {readonly config: Descriptor; readonly layers: readonly Descriptor[]} | undefined =>
	imageManifestSchema.safeParse(parseJson(bytes)).data;

/** The digest of the configuration that an image manifest names. */
export const configDigestOf = (manifest: ManifestBytes): string | undefined => blobsOf(manifest)?.config.digest;

/** A platform as it is planned, without keys that say nothing. */
export const plannedPlatform = (platform: z.infer<typeof platformSchema>, digest: string): PlannedPlatform => ({
	...platformOf(platform),
	digest,
});

/** What a manifest says of its own image, and what its configuration says. @returns `undefined` for what is no image */
export const describeImage = (
	manifest: ManifestBytes,
	config: Buffer,
): {readonly platform: PlannedPlatform; readonly createdMs: number | undefined} | undefined => {
	const parsed = configSchema.safeParse(parseJson(config));
	if (!parsed.success || !blobsOf(manifest)) return undefined;
	const time = Date.parse(parsed.data.created ?? '');
	return {
		platform: plannedPlatform(parsed.data, manifest.digest),
		createdMs: Number.isFinite(time) && time > 0 ? time : undefined,
	};
};
