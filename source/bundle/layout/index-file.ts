import * as z from 'zod';
import {digestPattern} from '../../oci/digest.ts';

/**
 * Files at the root of a bundle that `bundle create` makes. `manifest.txt` is for people, `bundle.json` for machines,
 * `SHA256SUMS` for `sha256sum -c`: it lists every other file, `bundle.json` among them. A signature covers `SHA256SUMS`.
 */
export const bundleFiles = {
	manifest: 'manifest.txt',
	index: 'bundle.json',
	checksums: 'SHA256SUMS',
	signature: 'SHA256SUMS.minisig',
	releaseNotes: 'RELEASE-NOTES.md',
	startHere: 'START-HERE.txt',
	verifyScript: 'verify.sh',
} as const;

/** Where the one executable of this tool lies, with its own checksums, licences, bill of materials and documents. */
export const toolFolder = 'tool';

/**
 * The mode of a file of a bundle, by its place: media such as FAT say that every file can be run. Programs lie in `bin/`; in `tool/`
 * they are the files without an ending.
 */
export const modeOf = (path: string): number =>
	/^bin\/|^tool\/(?!SHA256SUMS$)[^/.]+$|^verify\.sh$/u.test(path) ? 0o755 : 0o644;

/** Lies in a bundle as long as it is being made: it says which files a run is about to put there. */
export const makingFile = 'bundle.json.part';

const digest = z.string().regex(digestPattern);
const bytes = z.int().min(0);
/** Path relative to the bundle, with `/`, without `..`. */
const relativePath = z.string().regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\0\\]+$/u);

const platformSchema = z.strictObject({
	os: z.string(),
	architecture: z.string(),
	variant: z.string().optional(),
	/** Digest of the image manifest of this platform. */
	digest,
});

/** `bundle.json`, version 1. Keys are written in this order, lists sorted, so that the same inputs give the same bytes. */
export const bundleIndexSchema = z.object({
	formatVersion: z.literal(1),
	/** ISO 8601 in UTC: `SOURCE_DATE_EPOCH` where it was set, else the newest creation time among the images. */
	created: z.string(),
	/** Name and version of the tool that made it: `zenml-airgap 0.1.0`. */
	madeBy: z.string(),
	versions: z.object({controlPlane: z.string(), workspaces: z.array(z.string()).min(1), helm: z.string().optional()}),
	platforms: z.array(z.string().regex(/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/u)).min(1),
	/** All in one OCI layout, the folder `images/`, so that layers that images share lie there once. */
	images: z
		.array(
			z.object({
				name: z.string(),
				tag: z.string(),
				/** The reference it was pulled from. */
				source: z.string(),
				/** What the internal registry will have under the tag: an image manifest, or an index. */
				digest,
				platforms: z.array(platformSchema),
				/** All its blobs and manifests, in bytes. */
				size: bytes,
				/** What it is beside the product's own images: the programs with which databases are dumped and restored. */
				role: z.literal('client-tools').optional(),
				/** Of client tools: the engines whose programs it has. */
				engines: z.array(z.enum(['postgresql', 'mysql'])).optional(),
			}),
		)
		.min(1),
	charts: z.array(
		z.object({
			name: z.string(),
			version: z.string(),
			appVersion: z.string().optional(),
			file: relativePath,
			digest,
			size: bytes,
			source: z.string(),
		}),
	),
	/** Repositories that the internal registry needs, below its prefix. */
	repositories: z.array(z.string()),
	sboms: z.array(z.object({image: z.string(), format: z.enum(['cyclonedx', 'spdx']), file: relativePath})),
	/** Helm and this tool, where they were put in. */
	tools: z.array(z.object({name: z.string(), version: z.string(), platform: z.string(), file: relativePath})),
	/** A differential bundle leaves these blobs out: the target has them, as `base` says. */
	differential: z
		.object({
			/** `bundle` and its digest, or `inventory` and the registry's host. */
			base: z.object({kind: z.enum(['bundle', 'inventory']), name: z.string()}),
			omitted: z.array(z.object({digest, size: bytes})),
		})
		.optional(),
	/** Every file but this one, the checksums and the signature, sorted by path. */
	files: z.array(z.object({path: relativePath, size: bytes, digest})),
});

/** The machine-readable manifest of a bundle. */
export type BundleIndex = z.infer<typeof bundleIndexSchema>;
