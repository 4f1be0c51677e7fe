import {createHash, randomUUID} from 'node:crypto';
import {mkdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {type SampleImage, writeClassic, writeModern} from './archives.ts';
import {packChart} from './chart-package.ts';
import {digestFile, type Layer, writeLayer} from './layers.ts';

export type SampleBundleOptions = {
	/** The bundle's folder; made when absent, replaced when it is a sample of other parameters. */
	readonly directory: string;
	/** Folders of chart sources. */
	readonly chartSources: {readonly controlPlane: string; readonly workspace: string};
	readonly versions: {readonly controlPlane: string; readonly workspace: string};
	/** Bytes of all different layers together; about 24 MB by default. */
	readonly totalBytes?: number;
	/** Date of the bundle, as manifest.txt gives it. */
	readonly date?: string;
	/** The registry that manifest.txt documents. */
	readonly registry?: string;
};

/** Raised when the bytes of a sample change for the same parameters. */
const recipeVersion = 1;

/** Parts of the layers' sizes; `base` is in all four images, `python` in three. */
const weights = {base: 4, python: 5, 'control-plane-api': 3, dashboard: 3, server: 5, client: 4} as const;
type LayerName = keyof typeof weights | 'empty';

const isComplete = async (directory: string, recipe: string): Promise<boolean> => {
	const text = await readFile(join(directory, 'manifest.txt'), 'utf8').catch(() => '');
	if (!text.includes(`Recipe: ${recipe}\n`)) return false;
	for (const [, path = ''] of text.matchAll(/^[0-9a-f]{64} {2}(\S+)$/gmu)) {
		const status = await stat(join(directory, path)).catch(() => undefined);
		if (!status?.isFile() || status.size === 0) return false;
	}
	return true;
};

const imagesOf = (versions: SampleBundleOptions['versions'], layers: ReadonlyMap<LayerName, Layer>) => {
	const pick = (...names: readonly LayerName[]): readonly Layer[] =>
		names.map((name) => layers.get(name)).filter((layer) => layer !== undefined);
	const image = (
		file: string,
		reference: string,
		entrypoint: string,
		chosen: readonly Layer[],
		write: typeof writeModern,
	) => {
		const sample: SampleImage = {reference, entrypoint: [entrypoint], layers: chosen};
		return {file: `images/${file}`, sample, write};
	};
	const ecr = (region: string) => `715803424590.dkr.ecr.${region}.amazonaws.com`;
	const {controlPlane, workspace} = versions;
	return [
		image(
			'zenml-pro-api.tar',
			`${ecr('eu-west-1')}/zenml-pro-api:${controlPlane}`,
			'/opt/api',
			pick('base', 'python', 'control-plane-api'),
			writeModern,
		),
		image(
			'zenml-pro-dashboard.tar',
			`${ecr('eu-west-1')}/zenml-pro-dashboard:${controlPlane}`,
			'/opt/dashboard',
			pick('base', 'dashboard'),
			writeClassic,
		),
		image(
			'zenml-pro-server.tar',
			`${ecr('eu-central-1')}/zenml-pro-server:${workspace}`,
			'/opt/server',
			pick('base', 'python', 'server'),
			writeModern,
		),
		image(
			'zenml-client.tar',
			`zenmldocker/zenml:${workspace}`,
			'/opt/client',
			pick('base', 'empty', 'python', 'client', 'empty'),
			writeClassic,
		),
	] as const;
};

/**
 * Makes a bundle in the layout of the vendor's air-gap guide (step 1.3), with images of deterministic content: two
 * archives in the form of Docker 25 and later, two in the classic form, layers shared between them. The same
 * parameters give the same bytes; a complete bundle of the same parameters is left as it is.
 */
export const makeSampleBundle = async (options: SampleBundleOptions): Promise<void> => {
	const {chartSources, versions, totalBytes = 24_000_000, date = '2026-01-01'} = options;
	const registry = options.registry ?? 'internal-registry.mycompany.com';
	const directory = resolve(options.directory);
	const charts = [
		await packChart(chartSources.controlPlane, versions.controlPlane),
		await packChart(chartSources.workspace, versions.workspace),
	];
	const recipeHash = createHash('sha256').update(JSON.stringify([recipeVersion, versions, totalBytes, date, registry]));
	for (const {bytes} of charts) recipeHash.update(bytes);
	const recipe = recipeHash.digest('hex').slice(0, 16);
	if (await isComplete(directory, recipe)) return;

	// Made beside its place and moved there when whole: a sample that was interrupted is never taken for a bundle.
	const making = `${directory}.${randomUUID()}.tmp`;
	const layerDirectory = `${making}.layers`;
	try {
		for (const folder of [layerDirectory, join(making, 'images'), join(making, 'charts')]) {
			await mkdir(folder, {recursive: true});
		}
		const unit = totalBytes / Object.values(weights).reduce((sum, weight) => sum + weight, 0);
		const layers = new Map<LayerName, Layer>();
		for (const [name, weight] of Object.entries(weights)) {
			const layer = await writeLayer(join(layerDirectory, name), name, Math.round(weight * unit));
			layers.set(name as LayerName, layer);
		}
		// The layer of a Dockerfile line that changes no file: an empty tar, which real images often have twice.
		const empty = join(layerDirectory, 'empty');
		await writeFile(empty, Buffer.alloc(1024));
		layers.set('empty', {name: 'empty', file: empty, ...(await digestFile(empty))});

		const images = imagesOf(versions, layers);
		for (const {file, sample, write} of images) await write(join(making, file), sample);
		for (const {fileName, bytes} of charts) await writeFile(join(making, 'charts', fileName), bytes);

		const files = [...images.map(({file}) => file), ...charts.map(({fileName}) => `charts/${fileName}`)];
		const checksums: string[] = [];
		for (const file of files) checksums.push(`${(await digestFile(join(making, file))).digest.slice(7)}  ${file}`);
		const internal = images.map(({sample}) => `${registry}/zenml/${sample.reference.replace(/^.*\//u, '')}`);
		const lines = [
			'ZenML Pro air-gapped bundle (sample for rehearsals)',
			'',
			`Date of bundle creation: ${date}`,
			`Recipe: ${recipe}`,
			'',
			'Images:',
			...images.map(({sample}) => `- ${sample.reference}`),
			'',
			'Helm charts:',
			...charts.map(({fileName}) => `- ${fileName}`),
			'',
			'Required internal registry URLs:',
			...internal.map((reference) => `- ${reference}`),
			'',
			'SHA-256 checksums (sha256sum -c):',
			...checksums,
			'',
		];
		await writeFile(join(making, 'manifest.txt'), lines.join('\n'));
		await rm(directory, {recursive: true, force: true});
		await rename(making, directory);
	} finally {
		await rm(layerDirectory, {recursive: true, force: true});
		await rm(making, {recursive: true, force: true});
	}
};
