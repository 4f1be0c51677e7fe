import {createHash, randomUUID} from 'node:crypto';
import {readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {makeFolders} from '../../source/base/folders.ts';
import {type PackedChart, packChart} from './chart-package.ts';
import {type ArchivedImage, imagesOf, type LayerName, type Versions, weightsOf} from './images.ts';
import {digestFile, type Layer, writeLayer} from './layers.ts';

export type SampleBundleOptions = {
	/** The bundle's folder; made when absent, replaced when it is a sample of other parameters. */
	readonly directory: string;
	/** Folders of chart sources. */
	readonly chartSources: {readonly controlPlane: string; readonly workspace: string};
	readonly versions: Versions;
	/** Bytes of all different layers together; about 24 MB by default. */
	readonly totalBytes?: number | undefined;
	/** Whether it has an image of client tools; not unless told. */
	readonly clientTools?: boolean | undefined;
	/** Date of the bundle, as manifest.txt gives it. */
	readonly date?: string | undefined;
	/** The registry that manifest.txt documents. */
	readonly registry?: string | undefined;
};

type Defined<T> = {readonly [Name in keyof T]-?: NonNullable<T[Name]>};

/** What a sample is made from, and a name for exactly that. */
type Plan = Defined<Pick<SampleBundleOptions, 'versions' | 'date' | 'registry' | 'clientTools'>> & {
	readonly totalBytes: number;
	readonly charts: readonly PackedChart[];
	readonly recipe: string;
};

/** Raised when the bytes of a sample change for the same parameters. */
const recipeVersion = 2;

const planOf = async (options: SampleBundleOptions): Promise<Plan> => {
	const {chartSources, versions, totalBytes = 24_000_000, date = '2026-01-01'} = options;
	const {registry = 'internal-registry.mycompany.com', clientTools = false} = options;
	const charts = [
		await packChart(chartSources.controlPlane, versions.controlPlane),
		await packChart(chartSources.workspace, versions.workspace),
	];
	const hash = createHash('sha256').update(
		JSON.stringify([recipeVersion, versions, totalBytes, date, registry, ...(clientTools ? ['client-tools'] : [])]),
	);
	for (const {bytes} of charts) hash.update(bytes);
	return {versions, totalBytes, date, registry, clientTools, charts, recipe: hash.digest('hex').slice(0, 16)};
};

/** Is there a bundle of that recipe, with every file that its manifest lists? */
const isComplete = async (directory: string, recipe: string): Promise<boolean> => {
	const text = await readFile(join(directory, 'manifest.txt'), 'utf8').catch(() => '');
	if (!text.includes(`Recipe: ${recipe}\n`)) return false;
	for (const [, path = ''] of text.matchAll(/^[0-9a-f]{64} {2}(\S+)$/gmu)) {
		const status = await stat(join(directory, path)).catch(() => undefined);
		if (!status?.isFile() || status.size === 0) return false;
	}
	return true;
};

const writeLayers = async (
	folder: string,
	{totalBytes, clientTools}: Pick<Plan, 'totalBytes' | 'clientTools'>,
): Promise<ReadonlyMap<LayerName, Layer>> => {
	const weights = weightsOf(clientTools);
	const unit = totalBytes / Object.values(weights).reduce((sum, weight) => sum + weight, 0);
	const layers = new Map<LayerName, Layer>();
	for (const [name, weight] of Object.entries(weights))
		layers.set(name as LayerName, await writeLayer(join(folder, name), name, Math.round(weight * unit)));
	// The layer of a Dockerfile line that changes no file: an empty tar, which real images often have twice.
	const empty = join(folder, 'empty');
	await writeFile(empty, Buffer.alloc(1024));
	layers.set('empty', {name: 'empty', file: empty, ...(await digestFile(empty))});
	return layers;
};

const section = (title: string, lines: readonly string[]): readonly string[] => [`${title}:`, ...lines, ''];
const listed = (names: readonly string[]): readonly string[] => names.map((name) => `- ${name}`);

const manifestText = (
	{date, recipe, registry, charts}: Plan,
	images: readonly ArchivedImage[],
	checksums: readonly string[],
): string => {
	const references = images.map(({image}) => image.reference);
	const internal = references.map((reference) => `${registry}/zenml/${reference.replace(/^.*\//u, '')}`);
	return [
		'ZenML Pro air-gapped bundle (sample for rehearsals)',
		'',
		`Date of bundle creation: ${date}`,
		`Recipe: ${recipe}`,
		'',
		...section('Images', listed(references)),
		...section('Helm charts', listed(charts.map(({fileName}) => fileName))),
		...section('Required internal registry URLs', listed(internal)),
		...section('SHA-256 checksums (sha256sum -c)', checksums),
	].join('\n');
};

/** What the vendor has to say of these versions; made up like the rest. */
const notesOf = ({controlPlane, workspace}: Versions): Readonly<Record<string, string>> => ({
	'RELEASE-NOTES.md': [
		`# Release notes (sample for rehearsals)`,
		'',
		`Control plane ${controlPlane}, workspace servers ${workspace}.`,
		'',
		'- The control plane keeps an audit log.',
		'- Workspaces have resource pools.',
		'',
	].join('\n'),
	'MIGRATION-GUIDE.md': [
		'# Migration guide (sample for rehearsals)',
		'',
		'The migration adds one table to each database. It takes seconds and cannot be taken back but by a backup.',
		'Clients go to the version of the workspace servers once these are upgraded.',
		'',
	].join('\n'),
});

/** Writes all files of a bundle into a folder. @param layerFolder for what is needed only meanwhile */
const fill = async (folder: string, layerFolder: string, plan: Plan): Promise<void> => {
	const {versions, charts} = plan;
	for (const one of [layerFolder, join(folder, 'images'), join(folder, 'charts')]) await makeFolders(one);
	const images = imagesOf(versions, await writeLayers(layerFolder, plan));
	for (const {file, image, write} of images) await write(join(folder, file), image);
	for (const {fileName, bytes} of charts) await writeFile(join(folder, 'charts', fileName), bytes);
	const notes = notesOf(versions);
	for (const [name, text] of Object.entries(notes)) await writeFile(join(folder, name), text);
	const files = [
		...images.map(({file}) => file),
		...charts.map(({fileName}) => `charts/${fileName}`),
		...Object.keys(notes),
	];
	const checksums: string[] = [];
	for (const file of files) checksums.push(`${(await digestFile(join(folder, file))).digest.slice(7)}  ${file}`);
	await writeFile(join(folder, 'manifest.txt'), manifestText(plan, images, checksums));
};

/**
 * Makes a bundle in the layout of the vendor's air-gap guide (step 1.3), with images of deterministic content: two
 * archives in the form of Docker 25 and later, two in the classic form, layers shared between them; a fifth with client tools
 * where it is asked for. The same
 * parameters give the same bytes; a complete bundle of the same parameters is left as it is.
 */
export const makeSampleBundle = async (options: SampleBundleOptions): Promise<void> => {
	const directory = resolve(options.directory);
	const plan = await planOf(options);
	if (await isComplete(directory, plan.recipe)) return;
	// Made beside its place and moved there when whole: a sample that was interrupted is never taken for a bundle.
	const making = `${directory}.${randomUUID()}.tmp`;
	const layers = `${making}.layers`;
	try {
		await fill(making, layers, plan);
		await rm(directory, {recursive: true, force: true});
		await rename(making, directory);
	} finally {
		for (const folder of [layers, making]) await rm(folder, {recursive: true, force: true});
	}
};
