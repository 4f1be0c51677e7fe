import {archiveProblems} from '../../../archive/problems.ts';
import {readSlice} from '../../../archive/slice.ts';
import {maximumJsonBytes, readJson, type Tree} from '../../../archive/tree.ts';
import {formatBytes} from '../../../base/units.ts';
import {type Descriptor, type ManifestBytes, plainDescriptor} from '../../../oci/descriptor.ts';
import {isDigest, sha256Of} from '../../../oci/digest.ts';
import {blobPath} from '../../../oci/image-layout.ts';
import {type ImageIndex, imageIndexSchema, imageManifestSchema} from '../../../oci/manifest.ts';
import {type Platform, platformOf} from '../../../oci/platform.ts';
import {unsupported} from '../problems.ts';
import {faultOfForm, type ManifestFault, maximumDepth} from './manifest-fault.ts';

/** An image manifest in an OCI layout. */
export type ManifestNode = {
	readonly kind: 'image';
	readonly manifest: ManifestBytes;
	readonly config: Descriptor;
	readonly layers: readonly Descriptor[];
	/** Every blob that it names, config first. */
	readonly descriptors: readonly Descriptor[];
	/** Those of them that are neither there nor known to be left out on purpose. */
	readonly lost: readonly Descriptor[];
};

/** An index in an OCI layout: of one image for several platforms. */
export type IndexNode = {
	readonly kind: 'index';
	readonly manifest: ManifestBytes;
	readonly children: readonly Entry[];
};

/** A manifest that is not there, not itself, or of a form that is not understood. */
export type BrokenNode = {readonly kind: 'broken'; readonly fault: ManifestFault};

/** What an index says of one of its manifests, and what was found under its digest. */
export type Entry = {
	readonly descriptor: Descriptor;
	/** What the index says; the configuration of the image is what counts. */
	readonly platform: Platform | undefined;
	readonly annotations: Readonly<Record<string, string>>;
	readonly node: ManifestNode | IndexNode | BrokenNode;
};

/** An archive has some dozen manifests of some kilobytes. */
const maximum = {manifests: 5000, bytes: 64 * 1024 * 1024};

/** A layout whose manifests are being read; each of them is read once, however often it is named. */
type Reading = {
	readonly tree: Tree;
	readonly has: (descriptor: Descriptor) => boolean;
	readonly nodes: Map<string, Entry['node']>;
	bytes: number;
};

const requireFew = ({tree: {label: file}, nodes, bytes}: Reading): void => {
	if (nodes.size <= maximum.manifests && bytes <= maximum.bytes) return;
	const bounds = {most: maximum.manifests, mostBytes: formatBytes(maximum.bytes)};
	throw archiveProblems.error(
		'bundle-archive-damaged',
		{case: 'too many manifests', file, ...bounds},
		{location: {file}},
	);
};

const broken = (fault: ManifestFault): BrokenNode => ({kind: 'broken', fault});

/** Reads a small blob by its digest. @returns why not, where it is not there or not itself */
const readBlob = async (tree: Tree, digest: string): Promise<Buffer | BrokenNode> => {
	const slice = isDigest(digest) ? tree.find(blobPath(digest)) : undefined;
	if (!slice) return broken({case: 'absent'});
	if (slice.size > maximumJsonBytes) {
		return broken({case: 'large', size: slice.size, most: formatBytes(maximumJsonBytes)});
	}
	const bytes = await readSlice(slice);
	const actual = sha256Of(bytes);
	return actual === digest ? bytes : broken({case: 'changed', named: digest, actual});
};

const tryJson = (bytes: Buffer): unknown => {
	try {
		return JSON.parse(bytes.toString('utf8'));
	} catch {
		return undefined;
	}
};

const imageNode = (content: unknown, manifest: ManifestBytes, {has}: Reading): ManifestNode | undefined => {
	const {success, data} = imageManifestSchema.safeParse(content);
	if (!success) return undefined;
	const [config, layers] = [plainDescriptor(data.config), data.layers.map(plainDescriptor)];
	const descriptors = [config, ...layers];
	return {
		kind: 'image',
		manifest: {...manifest, mediaType: data.mediaType ?? manifest.mediaType},
		config,
		layers,
		descriptors,
		lost: descriptors.filter((descriptor) => !has(descriptor)),
	};
};

const indexNode = async (
	content: unknown,
	manifest: ManifestBytes,
	reading: Reading,
	depth: number,
): Promise<IndexNode | undefined> => {
	const {success, data} = imageIndexSchema.safeParse(content);
	if (!success || depth > maximumDepth) return undefined;
	const children = await entriesOf(data.manifests, reading, depth);
	return {kind: 'index', manifest: {...manifest, mediaType: data.mediaType ?? manifest.mediaType}, children};
};

/** @param depth how many indexes lie above the manifest */
const readNode = async ({digest, mediaType}: Descriptor, reading: Reading, depth: number): Promise<Entry['node']> => {
	const bytes = await readBlob(reading.tree, digest);
	if ('kind' in bytes) return bytes;
	reading.bytes += bytes.length;
	const content = tryJson(bytes);
	const manifest = {mediaType, digest, bytes};
	return (
		imageNode(content, manifest, reading) ??
		(await indexNode(content, manifest, reading, depth)) ??
		broken(faultOfForm(content, {mediaType, depth}))
	);
};

const entriesOf = async (
	named: ImageIndex['manifests'],
	reading: Reading,
	depth: number,
): Promise<readonly Entry[]> => {
	const {nodes} = reading;
	const entries: Entry[] = [];
	for (const {annotations, platform, ...at} of named) {
		const node = nodes.get(at.digest) ?? (await readNode(at, reading, depth + 1));
		nodes.set(at.digest, node);
		requireFew(reading);
		entries.push({
			descriptor: plainDescriptor(at),
			platform: platform ? platformOf(platform) : undefined,
			annotations: annotations ?? {},
			node,
		});
	}
	return entries;
};

/**
 * What `index.json` names, down to the image manifests: nested indexes come from images for several platforms.
 * @param omitted blobs that a differential bundle left out, and their sizes
 * @throws ProblemError `bundle-archive-incomplete` or `-damaged` when `index.json` itself is missing or not JSON, or names
 *   more manifests than any archive has; `bundle-image-unsupported` when it is an index of another form
 */
export const readEntries = async (
	tree: Tree,
	omitted: ReadonlyMap<string, number> = new Map(),
): Promise<readonly Entry[]> => {
	const {value} = await readJson(tree, 'index.json');
	const {success, data} = imageIndexSchema.safeParse(value);
	if (!success) throw unsupported(tree, 'index.json', faultOfForm(value, {mediaType: '', depth: 0}));
	const has = ({digest, size}: Descriptor): boolean =>
		tree.find(blobPath(digest)) !== undefined || omitted.get(digest) === size;
	return entriesOf(data.manifests, {tree, has, nodes: new Map(), bytes: 0}, 0);
};
