import * as z from 'zod';
import {openRegular} from '../../archive/regular-file.ts';
import type {Descriptor} from '../../oci/descriptor.ts';
import {digestPattern, hexOf} from '../../oci/digest.ts';
import {imageKey} from '../../oci/image.ts';
import type {ImageSource} from '../../oci/image-source.ts';
import {parseJson} from '../write/json.ts';
import {type ExtraFile, extraFile} from './extra-files.ts';
import {createProblems} from './problems.ts';
import {type ImageReference, parseReference} from './reference.ts';
import type {PlannedBlob, PlannedImage} from './types.ts';

type SbomFormat = 'cyclonedx' | 'spdx';

/** A bill of materials for the bundle: a blob at a registry, or a file of this host. */
export type PlannedSbom = {readonly image: string; readonly format: SbomFormat; readonly path: string} & (
	| {readonly blob: PlannedBlob}
	| {readonly file: ExtraFile}
);

const maximumBytes = 256 * 1024 * 1024;

/** Media types of the two formats (IANA: `application/vnd.cyclonedx+json`, `application/spdx+json`; `text/spdx` is tag-value). */
const formatOf = (
	mediaType: string | undefined,
): {readonly format: SbomFormat; readonly suffix: string} | undefined => {
	if (mediaType === undefined) return undefined;
	if (/cyclonedx/iu.test(mediaType))
		return {format: 'cyclonedx', suffix: mediaType.includes('xml') ? 'cdx.xml' : 'cdx.json'};
	if (/spdx/iu.test(mediaType)) return {format: 'spdx', suffix: /json/iu.test(mediaType) ? 'spdx.json' : 'spdx'};
	return undefined;
};

const artifact = z.object({
	layers: z
		.array(z.object({mediaType: z.string(), digest: z.string().regex(digestPattern), size: z.int().min(0)}))
		.max(100),
});

const fileName = (image: string, digest: string, suffix: string): string =>
	`sbom/${image.replace(':', '-')}-${hexOf(digest).slice(0, 12)}.${suffix}`;

/** What is attached to an image, of the kind that can be a bill of materials. */
type Attached = Descriptor & {readonly artifactType?: string};

/** The bills in an artifact. @throws ProblemError `bundle-create-sbom` where it is no artifact */
const billsIn = async (
	source: ImageSource,
	at: ImageReference,
	{artifactType, digest}: Attached,
	signal: AbortSignal,
): Promise<readonly PlannedSbom[]> => {
	const image = imageKey(at);
	const {bytes} = await source.readManifest({...at, reference: digest}, signal);
	const {data} = artifact.safeParse(parseJson(bytes));
	if (!data) throw createProblems.error('bundle-create-sbom', {case: 'attached', image, digest});
	return data.layers.flatMap((layer): readonly PlannedSbom[] => {
		const kind = formatOf(layer.mediaType) ?? formatOf(artifactType);
		if (!kind || layer.size > maximumBytes) return [];
		const read: PlannedBlob['read'] = (from, until) => source.readBlob(at, layer, {from, signal: until});
		const path = fileName(image, layer.digest, kind.suffix);
		return [{image, format: kind.format, path, blob: {...layer, image, read}}];
	});
};

/** SBOMs that are attached to an image, or to the image of a platform within it (OCI distribution 1.1, referrers). */
export const attachedSboms = async (
	source: ImageSource,
	planned: PlannedImage,
	signal: AbortSignal,
): Promise<readonly PlannedSbom[]> => {
	const at = parseReference(planned.source);
	if (!at || planned.from === 'archive') return [];
	const found: PlannedSbom[] = [];
	for (const subject of new Set([planned.manifest.digest, ...planned.platforms.map(({digest}) => digest)])) {
		const attached = await source.referrers(at, subject, signal);
		for (const one of attached.filter(({artifactType}) => formatOf(artifactType))) {
			found.push(...(await billsIn(source, at, one, signal)));
		}
	}
	return [...new Map(found.map((one) => [one.path, one])).values()];
};

const readHead = async (file: string): Promise<string> => {
	const handle = await openRegular(file);
	try {
		const buffer = Buffer.alloc(64 * 1024);
		const {bytesRead} = await handle.read(buffer, 0, buffer.length, 0);
		return buffer.toString('utf8', 0, bytesRead);
	} finally {
		await handle.close();
	}
};

/** How the beginning of each form looks, and what its file is called then. */
const forms: ReadonlyArray<{readonly looks: RegExp; readonly format: SbomFormat; readonly suffix: string}> = [
	{looks: /"bomFormat"\s*:\s*"CycloneDX"/u, format: 'cyclonedx', suffix: 'cdx.json'},
	{looks: /cyclonedx\.org\/schema\/bom/u, format: 'cyclonedx', suffix: 'cdx.xml'},
	{looks: /"spdxVersion"\s*:/u, format: 'spdx', suffix: 'spdx.json'},
	{looks: /^SPDXVersion:/mu, format: 'spdx', suffix: 'spdx'},
];

/**
 * An SBOM that was supplied as a file; its format is read off its beginning.
 * @throws ProblemError `bundle-create-sbom` where it is neither CycloneDX nor SPDX, or names an image that is not in the bundle
 */
export const suppliedSbom = async (
	{image, file}: {readonly image: string; readonly file: string},
	images: readonly PlannedImage[],
	signal: AbortSignal,
): Promise<PlannedSbom> => {
	const at = {location: {file}};
	const source = parseReference(image)?.source;
	const of = images.find((one) => image === imageKey(one) || source === one.source);
	if (!of) throw createProblems.error('bundle-create-sbom', {case: 'another image', file, image}, at);
	const head = await readHead(file);
	const form = forms.find(({looks}) => looks.test(head));
	if (!form) throw createProblems.error('bundle-create-sbom', {case: 'another format', file}, at);
	const hashed = await extraFile('', file, signal);
	const name = imageKey(of);
	const path = fileName(name, hashed.digest, form.suffix);
	return {image: name, format: form.format, path, file: {...hashed, path}};
};
