import {z} from 'zod';
import {digestPattern, mediaTypes, readBlob} from './image.ts';
import {readJson, type Tree} from './tree.ts';
import type {Descriptor, Image} from './types.ts';

const descriptor = z.object({
	mediaType: z.string(),
	digest: z.string().regex(digestPattern),
	size: z.int().min(0),
});
const manifestSchema = z.object({
	schemaVersion: z.literal(2),
	mediaType: z.string().optional(),
	config: descriptor,
	layers: z.array(descriptor).max(1000),
});
const indexSchema = z.object({
	manifests: z.array(descriptor.extend({annotations: z.record(z.string(), z.string()).nullish()})).max(1000),
});

/** An image manifest found in an OCI layout. `complete` when every blob it names is there. */
export type Found = {
	readonly manifest: Image['manifest'];
	readonly config: Descriptor;
	/** Config first. */
	readonly descriptors: readonly Descriptor[];
	readonly annotations: Readonly<Record<string, string>>;
	readonly complete: boolean;
};

const plain = ({mediaType, digest, size}: Descriptor): Descriptor => ({mediaType, digest, size});

const json = (bytes: Buffer): unknown => {
	try {
		return JSON.parse(bytes.toString('utf8'));
	} catch {
		return undefined;
	}
};

/**
 * Walks `index.json` down to the image manifests that are in the tree: nested indexes come from multi-platform images.
 * A manifest whose bytes are not its digest, or that is no image (an attestation), is not among the results.
 * @throws ProblemError `bundle-archive-incomplete` or `-damaged` when `index.json` itself is missing or not JSON
 */
export const findManifests = async (tree: Tree): Promise<readonly Found[]> => {
	const found: Found[] = [];
	const seen = new Set<string>();
	const walk = async (value: unknown, inherited: Readonly<Record<string, string>>, depth: number): Promise<void> => {
		const index = indexSchema.safeParse(value);
		if (!index.success || depth > 3) return;
		for (const entry of index.data.manifests) {
			const annotations = {...inherited, ...entry.annotations};
			const key = `${entry.digest} ${JSON.stringify(annotations)}`;
			if (seen.has(key)) continue;
			seen.add(key);
			const bytes = await readBlob(tree, entry.digest);
			if (!bytes) continue;
			const content = json(bytes);
			const manifest = manifestSchema.safeParse(content);
			if (!manifest.success) {
				await walk(content, annotations, depth + 1);
				continue;
			}
			const {config, layers, mediaType} = manifest.data;
			const descriptors = [config, ...layers].map(plain);
			found.push({
				manifest: {mediaType: mediaType ?? entry.mediaType ?? mediaTypes.manifest, digest: entry.digest, bytes},
				config: plain(config),
				descriptors,
				annotations,
				complete: descriptors.every(({digest}) => tree.find(`blobs/${digest.replace(':', '/')}`) !== undefined),
			});
		}
	};
	await walk((await readJson(tree, 'index.json')).value, {}, 0);
	return found;
};
