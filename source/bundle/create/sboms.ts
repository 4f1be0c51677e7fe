import * as z from 'zod';
import {bundleProblem} from '../../archive/problems.ts';
import {openRegular} from '../../archive/regular-file.ts';
import {digestPattern} from '../images/image.ts';
import {type ExtraFile, extraFile} from './extra-files.ts';
import {parseReference} from './reference.ts';
import {tryJson} from './resolve.ts';
import type {ImageSource} from './source.ts';
import {type PlannedBlob, type PlannedImage, platformName} from './types.ts';

export type SbomFormat = 'cyclonedx' | 'spdx';

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
	`sbom/${image.replace(':', '-')}-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}.${suffix}`;

const unusableArtifact = (image: string, digest: string) =>
	bundleProblem({
		code: 'bundle-create-sbom',
		message: `An SBOM that is attached to ${image} cannot be put into the bundle.`,
		cause: `What its registry holds under ${digest} is no artifact manifest.`,
		fix: 'Tell who attached it; meanwhile set attachedSboms: false, and name SBOMs as files.',
	});

/** SBOMs that are attached to an image, or to the image of a platform within it (OCI distribution 1.1, referrers). */
export const attachedSboms = async (
	source: ImageSource,
	planned: PlannedImage,
	signal: AbortSignal,
): Promise<readonly PlannedSbom[]> => {
	const at = parseReference(planned.source);
	if (!at || planned.from === 'archive') return [];
	const image = `${planned.name}:${planned.tag}`;
	const found: PlannedSbom[] = [];
	const subjects = new Map([
		[planned.manifest.digest, ''],
		...planned.platforms.map((one) => [one.digest, platformName(one)] as const),
	]);
	for (const subject of subjects.keys()) {
		for (const referrer of await source.referrers(at, subject, signal)) {
			if (!formatOf(referrer.artifactType)) continue;
			const {bytes} = await source.readManifest({...at, reference: referrer.digest}, signal);
			const parsed = artifact.safeParse(tryJson(bytes));
			if (!parsed.success) throw unusableArtifact(image, referrer.digest);
			for (const layer of parsed.data.layers) {
				const kind = formatOf(layer.mediaType) ?? formatOf(referrer.artifactType);
				if (!kind || layer.size > maximumBytes) continue;
				const blob: PlannedBlob = {
					...layer,
					image,
					read: (from, until) => source.readBlob(at, layer, {from, signal: until}),
				};
				found.push({image, format: kind.format, path: fileName(image, layer.digest, kind.suffix), blob});
			}
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

/**
 * An SBOM that was supplied as a file; its format is read off its beginning.
 * @throws ProblemError `bundle-create-sbom` where it is neither CycloneDX nor SPDX, or names an image that is not in the bundle
 */
export const suppliedSbom = async (
	{image, file}: {readonly image: string; readonly file: string},
	images: readonly PlannedImage[],
	signal: AbortSignal,
): Promise<PlannedSbom> => {
	const refuse = (cause: string, fix: string) =>
		bundleProblem({
			code: 'bundle-create-sbom',
			message: `The SBOM ${file} cannot be put into the bundle.`,
			cause,
			fix,
			location: {file},
		});
	const of = images.find((one) => image === `${one.name}:${one.tag}` || parseReference(image)?.source === one.source);
	if (!of)
		throw refuse(
			`It is said to be of ${image}, which is not in the bundle.`,
			'Name the image as the plan prints it: NAME:TAG.',
		);
	const head = await readHead(file);
	const kind = /"bomFormat"\s*:\s*"CycloneDX"/u.test(head)
		? 'cdx.json'
		: /cyclonedx\.org\/schema\/bom/u.test(head)
			? 'cdx.xml'
			: /"spdxVersion"\s*:/u.test(head)
				? 'spdx.json'
				: /^SPDXVersion:/mu.test(head)
					? 'spdx'
					: undefined;
	if (kind === undefined)
		throw refuse('It is neither CycloneDX (JSON, XML) nor SPDX (JSON, tag-value).', 'Make it in one of these formats.');
	const hashed = await extraFile('', file, signal);
	const name = `${of.name}:${of.tag}`;
	const path = fileName(name, hashed.digest, kind);
	return {image: name, format: kind.startsWith('cdx') ? 'cyclonedx' : 'spdx', path, file: {...hashed, path}};
};
