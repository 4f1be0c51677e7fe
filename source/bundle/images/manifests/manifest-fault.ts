import {printable} from '../../../base/printable.ts';
import {cutTo} from '../../../base/text.ts';
import {isDigest} from '../../../oci/digest.ts';
import {maximumListed} from '../../../oci/manifest.ts';

/** Indexes within indexes: images for several platforms have one. */
export const maximumDepth = 4;

/** A form of a manifest that is not taken, however often it is carried in. */
export type FormFault =
	| {readonly case: 'no json' | 'schema 1' | 'artifact manifest'}
	| {readonly case: 'digest'; readonly digest: string}
	| {readonly case: 'deep'; readonly most: number}
	| {readonly case: 'many' | 'many layers'; readonly count: number; readonly most: number}
	| {readonly case: 'large'; readonly size: number; readonly most: string}
	| {readonly case: 'foreign layers'; readonly digest: string}
	| {readonly case: 'nothing'}
	| {readonly case: 'no images'; readonly left: string}
	| {readonly case: 'form'; readonly mediaType: string};

/** Why a manifest cannot be read. */
export type ManifestFault =
	| {readonly case: 'absent'}
	| {readonly case: 'changed'; readonly named: string; readonly actual: string}
	| FormFault;

const short = (text: unknown): string => cutTo(printable(String(text)), 100);

const listIn = (content: object, key: string): readonly unknown[] => {
	const list: unknown = Reflect.get(content, key);
	return Array.isArray(list) ? list : [];
};

/** Digests of an algorithm other than SHA-256, which OCI allows as well (descriptor.md, "Registered algorithms"). */
const strangeDigest = (content: object): string | undefined => {
	const descriptors = [Reflect.get(content, 'config'), ...listIn(content, 'layers'), ...listIn(content, 'manifests')];
	const digests = descriptors.map((one): unknown => (one instanceof Object ? Reflect.get(one, 'digest') : undefined));
	const strange = digests.find((digest) => typeof digest === 'string' && !isDigest(digest));
	return strange === undefined ? undefined : short(strange);
};

const tooMany = (content: object): FormFault | undefined => {
	const [manifests, layers] = [listIn(content, 'manifests').length, listIn(content, 'layers').length];
	if (manifests > maximumListed) return {case: 'many', count: manifests, most: maximumListed};
	return layers > maximumListed ? {case: 'many layers', count: layers, most: maximumListed} : undefined;
};

/** @param said the type by which an index names it, where the manifest itself says none */
const formOf = (content: object, said: string): FormFault => {
	const mediaType = short(Reflect.get(content, 'mediaType') ?? said);
	// Docker's schema 1 (distribution, manifest-v2-1), which was dropped from registries and container runtimes.
	if (Reflect.get(content, 'schemaVersion') === 1 || mediaType.includes('.manifest.v1+')) {
		if (!mediaType.startsWith('application/vnd.oci.')) return {case: 'schema 1'};
	}
	// Release candidates of OCI 1.1 had it; the release took it out.
	if (mediaType === 'application/vnd.oci.artifact.manifest.v1+json') return {case: 'artifact manifest'};
	return {case: 'form', mediaType: mediaType || 'none'};
};

/**
 * Why the content of a manifest is neither an image nor an index.
 * @param context the media type under which it is named, and how many indexes lie above it
 */
export const faultOfForm = (
	content: unknown,
	{mediaType, depth}: {readonly mediaType: string; readonly depth: number},
): FormFault => {
	if (!(content instanceof Object)) return {case: 'no json'};
	const many = tooMany(content);
	if (many) return many;
	const digest = strangeDigest(content);
	if (digest !== undefined) return {case: 'digest', digest};
	if (depth > maximumDepth && listIn(content, 'manifests').length > 0) return {case: 'deep', most: maximumDepth};
	return formOf(content, mediaType);
};
