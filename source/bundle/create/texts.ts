import {hexOf} from '../../oci/digest.ts';
import {mediaTypes} from '../../oci/media-types.ts';
import {platformText} from '../../oci/platform.ts';
import {type BundleIndex, bundleFiles} from '../layout/index-file.ts';
import {jsonText} from '../write/json.ts';
import type {PlannedImage} from './types.ts';

/** `oci-layout` (OCI image specification 1.1, image-layout.md). */
export const layoutText = jsonText({imageLayoutVersion: '1.0.0'});

/** `images/index.json`: each image under the annotations by which containerd and Docker name what they import. */
export const imagesIndex = (images: readonly PlannedImage[]): string =>
	jsonText({
		schemaVersion: 2,
		mediaType: mediaTypes.index,
		manifests: images.map(({manifest, source, tag}) => ({
			mediaType: manifest.mediaType,
			digest: manifest.digest,
			size: manifest.bytes.length,
			annotations: {'io.containerd.image.name': source, 'org.opencontainers.image.ref.name': tag},
		})),
	});

/** A list under its title; nothing where it is empty. */
const section = (title: string, lines: readonly string[]): readonly string[] =>
	lines.length === 0 ? [] : ['', title, ...lines];

/**
 * `manifest.txt`: what the vendor's guide (step 1.3) wants documented. Digests stand behind `@`, so that a line is a reference that
 * can be pulled.
 */
export const manifestText = (index: BundleIndex, images: readonly PlannedImage[]): string =>
	[
		'ZenML Pro air-gapped bundle',
		'',
		`Date of bundle creation: ${index.created}`,
		`Made by: ${index.madeBy}`,
		`Versions: control plane ${index.versions.controlPlane}, workspaces ${index.versions.workspaces.join(' and ')}`,
		...section(
			'Images:',
			index.images.map(
				({source, digest, size, platforms}) =>
					`- ${source}@${digest}  ${size} bytes  ${platforms.map(platformText).join(' ')}`,
			),
		),
		...section(
			'Note on digests: made here, of the chosen platforms alone:',
			images.filter(({rebuilt}) => rebuilt).map(({name, tag}) => `- ${name} with tag ${tag}`),
		),
		...section(
			'Notes on client tools for dump and restore:',
			index.images
				.filter(({role}) => role === 'client-tools')
				.map(({name, tag, engines = []}) => `- ${name} with tag ${tag} for ${engines.join(' and ')}`),
		),
		...section(
			'Helm charts:',
			index.charts.map(
				({file, source, size, digest}) =>
					`- ${file.replace('charts/', '')}  ${size} bytes  sha256 ${hexOf(digest)}  from ${source}`,
			),
		),
		...section(
			'Required internal registry repositories (REGISTRY and PREFIX as in the answers):',
			index.repositories.map((name) => `- REGISTRY/PREFIX/${name}`),
		),
		...section(
			'Versions of the programs that came along:',
			index.tools.map(
				({name, version, platform, file}) =>
					`- ${name} ${version} for ${platform === 'node' ? 'Node 22.15 or newer, which is not in here,' : platform} in ${file}`,
			),
		),
		...section(
			'Notes, bills of materials:',
			index.sboms.map(({image, format, file}) => `- ${file} ${format} of ${image}`),
		),
		'',
		`Checksums of every file: ${bundleFiles.checksums}. Check them with: sha256sum -c ${bundleFiles.checksums}`,
		'',
	].join('\n');
