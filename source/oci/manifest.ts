import * as z from 'zod';
import {digestPattern} from './digest.ts';

/** More layers or platforms than any image has; registries take no more either. */
export const maximumListed = 1000;

const digest = z.string().regex(digestPattern);

/** OCI descriptor.md. */
export const descriptorSchema = z.object({mediaType: z.string(), digest, size: z.int().min(0)});

/** OCI image-index.md, "platform". */
export const platformSchema = z.object({os: z.string(), architecture: z.string(), variant: z.string().nullish()});

/** An image manifest (OCI manifest.md), as far as it names what the image is made of. */
export const imageManifestSchema = z.object({
	schemaVersion: z.literal(2),
	mediaType: z.string().optional(),
	config: descriptorSchema,
	layers: z.array(descriptorSchema).max(maximumListed),
});

/** An image index (OCI image-index.md). A platform that is none is passed over: the configuration of the image is what counts. */
export const imageIndexSchema = z.object({
	mediaType: z.string().optional(),
	manifests: z
		.array(
			descriptorSchema.extend({
				annotations: z.record(z.string(), z.string()).nullish(),
				platform: platformSchema.nullish().catch(undefined),
			}),
		)
		.max(maximumListed),
});

export type ImageIndex = z.infer<typeof imageIndexSchema>;

/** The configuration of an image (OCI config.md), as far as it names its platform and its layers uncompressed. */
export const imageConfigSchema = z.object({
	...platformSchema.shape,
	rootfs: z.object({diff_ids: z.array(digest).max(maximumListed)}),
});
export type ImageConfig = z.infer<typeof imageConfigSchema>;
