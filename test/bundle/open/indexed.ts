import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {BundleIndex} from '../../../source/bundle/layout/index-file.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {sha256Of} from '../../../source/oci/digest.ts';
import {bundleFiles, never, temporary, writeFiles} from '../helpers.ts';

/** A small bundle with the lists that `bundle create` would give it, and a way to write other ones. */
export type IndexedBundle = {
	readonly folder: string;
	readonly index: BundleIndex;
	/** Writes `bundle.json` and `SHA256SUMS`; the sums as the index has them, where none are given. */
	readonly write: (index: object, sums?: Readonly<Record<string, string>>) => Promise<void>;
};

const sumsText = (sums: Readonly<Record<string, string>>): string =>
	Object.entries(sums)
		.map(([path, digest]) => `${digest.slice('sha256:'.length)}  ${path}\n`)
		.join('');

export const indexedBundle = async (): Promise<IndexedBundle> => {
	const folder = await temporary();
	const files = await bundleFiles();
	await writeFiles(folder, files);
	const {images, controlPlaneChart, workspaceChart} = await createBundlePort({path: folder}).open(never);
	const index: BundleIndex = {
		formatVersion: 1,
		created: '2026-01-01T00:00:00Z',
		madeBy: 'zenml-airgap 0.1.0',
		versions: {controlPlane: '0.13.18', workspaces: ['0.95.1']},
		platforms: ['linux/amd64'],
		images: images.map(({name, tag, source, manifest}) => ({
			name,
			tag,
			source,
			digest: manifest.digest,
			platforms: [],
			size: 1,
		})),
		charts: [controlPlaneChart, workspaceChart].map(({name, version, digest}) => ({
			name,
			version,
			digest,
			file: `charts/${name}-${version}.tgz`,
			size: 1,
			source: 'oci://example.com/charts',
		})),
		repositories: [],
		sboms: [],
		tools: [],
		files: Object.entries(files).map(([path, bytes]) => ({path, size: bytes.length, digest: sha256Of(bytes)})),
	};
	const write: IndexedBundle['write'] = async (changed, given) => {
		const text = JSON.stringify(changed);
		const {files: listed = []} = changed as Partial<BundleIndex>;
		const own = Object.fromEntries(listed.map(({path, digest}) => [path, digest]));
		await writeFile(join(folder, 'bundle.json'), text);
		await writeFile(join(folder, 'SHA256SUMS'), sumsText(given ?? {...own, 'bundle.json': sha256Of(text)}));
	};
	await write(index);
	return {folder, index, write};
};
