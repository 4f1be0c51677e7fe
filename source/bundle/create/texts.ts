import {mediaTypes} from '../images/image.ts';
import type {BundleIndex} from '../layout/index-file.ts';
import {bundleFiles} from '../layout/index-file.ts';
import {type PlannedImage, platformName} from './types.ts';

const json = (value: unknown): string => `${JSON.stringify(value, undefined, '\t')}\n`;

/** `oci-layout` (OCI image specification 1.1, image-layout.md). */
export const layoutText = json({imageLayoutVersion: '1.0.0'});

/** Sorted by code points, the same on every host. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `images/index.json`: each image under the annotations by which containerd and Docker name what they import. */
export const imagesIndex = (images: readonly PlannedImage[]): string =>
	json({
		schemaVersion: 2,
		mediaType: mediaTypes.index,
		manifests: images.map(({manifest, source, tag}) => ({
			mediaType: manifest.mediaType,
			digest: manifest.digest,
			size: manifest.bytes.length,
			annotations: {'io.containerd.image.name': source, 'org.opencontainers.image.ref.name': tag},
		})),
	});

export const indexText = (index: BundleIndex): string => json(index);

/** `SHA256SUMS` as `sha256sum -c` reads it. @param files digests by path */
export const checksumsText = (files: ReadonlyMap<string, string>): string =>
	[...files]
		.sort(([a], [b]) => byText(a, b))
		.map(([path, digest]) => `${digest.slice('sha256:'.length)}  ${path}\n`)
		.join('');

const bytes = (size: number): string => `${size} bytes`;

/**
 * `manifest.txt`: what the vendor's guide (step 1.3) wants documented. Digests stand behind `@`, so that a line is a reference that
 * can be pulled.
 */
export const manifestText = (index: BundleIndex, images: readonly PlannedImage[]): string => {
	const {versions, charts, tools, sboms} = index;
	const rebuilt = images.filter((image) => image.rebuilt);
	return [
		'ZenML Pro air-gapped bundle',
		'',
		`Date of bundle creation: ${index.created}`,
		`Made by: ${index.madeBy}`,
		`Versions: control plane ${versions.controlPlane}, workspaces ${versions.workspaces.join(' and ')}`,
		'',
		'Images:',
		...index.images.map(
			({source, digest, size, platforms}) =>
				`- ${source}@${digest}  ${bytes(size)}  ${platforms.map(platformName).join(' ')}`,
		),
		...(rebuilt.length === 0
			? []
			: [
					'',
					'Note on digests: made here, of the chosen platforms alone:',
					...rebuilt.map(({name, tag}) => `- ${name} with tag ${tag}`),
				]),
		'',
		'Helm charts:',
		...charts.map(
			({file, source, size, digest}) =>
				`- ${file.replace('charts/', '')}  ${bytes(size)}  sha256 ${digest.slice(7)}  from ${source}`,
		),
		'',
		'Required internal registry repositories (REGISTRY and PREFIX as in the answers):',
		...index.repositories.map((name) => `- REGISTRY/PREFIX/${name}`),
		'',
		...(tools.length === 0
			? []
			: [
					'Versions of the programs that came along:',
					...tools.map(({name, version, platform, file}) => `- ${name} ${version} for ${platform} in ${file}`),
					'',
				]),
		...(sboms.length === 0
			? []
			: ['Notes, bills of materials:', ...sboms.map(({image, format, file}) => `- ${file} ${format} of ${image}`), '']),
		`Checksums of every file: ${bundleFiles.checksums}. Check them with: sha256sum -c ${bundleFiles.checksums}`,
		'',
	].join('\n');
};
