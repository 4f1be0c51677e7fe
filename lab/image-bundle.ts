import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {
	digestFile,
	type PackedChart,
	packChart,
	type SampleImage,
	writeClassic,
	writeModern,
} from '../rehearsal/sample-bundle/index.ts';
import {clientToolsRoot} from './client-tools.ts';
import type {Debian} from './debian.ts';
import {basePackages, debianRoots, layerOf, standInPackages, standInPrograms, standIns} from './image-layers.ts';
import type {LabPaths} from './paths.ts';
import {type Say, timed} from './report.ts';
import {zenmlServer} from './zenml-server.ts';

/** What a bundle holds: charts and images of these versions. The workspace's are versions of PyPI's `zenml[server]`. */
export type ProductVersions = {readonly controlPlane: string; readonly workspace: string};

export const productVersions = {controlPlane: '0.13.21', workspace: '0.98.0'} as const satisfies ProductVersions;
/** What an upgrade begins with: the oldest with keys and variables of the newest. */
export const earlierVersions = {controlPlane: '0.13.12', workspace: '0.93.0'} as const satisfies ProductVersions;

const charts = fileURLToPath(new URL('../rehearsal/charts/', import.meta.url));
const ecr = (region: string): string => `715803424590.dkr.ecr.${region}.amazonaws.com`;

type Making = {
	readonly paths: LabPaths;
	readonly debian: Debian;
	readonly versions: ProductVersions;
	readonly registry: string;
	readonly packed: readonly PackedChart[];
};
type Archived = {
	readonly name: string;
	readonly image: SampleImage;
	readonly write: typeof writeModern;
};

// As the vendor's Dockerfile starts it.
const serve = 'uvicorn zenml.zen_server.zen_server_api:app --log-level debug --no-server-header --proxy-headers'.split(
	' ',
);
const serverSettings = {
	env: ['ZENML_CONFIG_PATH=/zenml/.zenconfig', 'ZENML_CONTAINER=1', 'HOME=/zenml'],
	workingDir: '/zenml',
};

/** Told as such by its name: the lab's bundle is one made by hand. */
const clientTools = {
	reference: 'registry.example.com/tools/client-tools:1.0',
	entrypoint: ['/bin/sh'],
	env: ['HOME=/tmp'],
	workingDir: '/tmp',
} as const;

const imagesOf = async (work: string, {paths, debian, versions}: Making): Promise<readonly Archived[]> => {
	const folder = (name: string): string => join(work, name);
	for (const name of ['root', 'beyond', 'api']) await mkdir(folder(name), {recursive: true});
	await debianRoots(folder('archives'), debian, folder('root'), folder('beyond'));
	await standInPrograms(folder('api'), versions.controlPlane);
	const base = await layerOf(folder('root'), 'base', folder('root.tar'));
	const driver = await layerOf(folder('beyond'), 'driver', folder('beyond.tar'));
	const api = await layerOf(folder('api'), 'api', folder('api.tar'));
	const server = await layerOf(await zenmlServer(paths, debian, versions.workspace), 'server', folder('server.tar'));
	const tools = await layerOf(await clientToolsRoot(paths), 'client-tools', folder('client-tools.tar'));
	const standIn = (name: string, entrypoint: string): SampleImage => ({
		reference: `${ecr('eu-west-1')}/${name}:${versions.controlPlane}`,
		entrypoint: [entrypoint],
		layers: [base, driver, api],
	});
	const real = (reference: string, entrypoint: readonly string[]): SampleImage => ({
		reference: `${reference}:${versions.workspace}`,
		entrypoint,
		layers: [base, server],
		...serverSettings,
	});
	const address = ['--port', '8080', '--host', '0.0.0.0'];
	const own = `${ecr('eu-central-1')}/zenml-pro-server`;
	return [
		{name: 'zenml-pro-api', image: standIn('zenml-pro-api', '/opt/lab/control-plane'), write: writeModern},
		{name: 'zenml-pro-dashboard', image: standIn('zenml-pro-dashboard', '/opt/lab/dashboard'), write: writeClassic},
		{name: 'zenml-pro-server', image: real(own, [...serve, ...address]), write: writeModern},
		{name: 'client-tools', image: {...clientTools, layers: [tools]}, write: writeModern},
		{name: 'zenml-client', image: real('zenmldocker/zenml', ['/bin/sh']), write: writeClassic},
	];
};

const manifestText = (images: readonly Archived[], sums: readonly string[], {registry, packed}: Making): string => {
	const references = images.map(({image}) => image.reference);
	const list = (title: string, lines: readonly string[]): readonly string[] => [title, ...lines, ''];
	const item = (text: string): string => `- ${text}`;
	const internal = references.map((reference) => `${registry}/zenml/${reference.replace(/^.*\//u, '')}`);
	return [
		...list('ZenML Pro air-gapped bundle (images of the lab)', []),
		...list('Date of bundle creation: 2026-01-01', []),
		...list('Images:', references.map(item)),
		...list(
			'Helm charts:',
			packed.map(({fileName}) => item(fileName)),
		),
		...list('Required internal registry URLs:', internal.map(item)),
		...list('SHA-256 checksums (sha256sum -c):', sums),
	].join('\n');
};

const make = async (bundle: string, making: Making): Promise<void> => {
	const work = `${bundle}.work`;
	const folder = `${bundle}.making`;
	for (const one of [work, folder]) await rm(one, {recursive: true, force: true});
	for (const name of ['images', 'charts']) await mkdir(join(folder, name), {recursive: true});
	const images = await imagesOf(work, making);
	for (const {name, image, write} of images) await write(join(folder, 'images', `${name}.tar`), image);
	for (const {fileName, bytes} of making.packed) await writeFile(join(folder, 'charts', fileName), bytes);
	const files = [
		...images.map(({name}) => `images/${name}.tar`),
		...making.packed.map(({fileName}) => `charts/${fileName}`),
	];
	const sums: string[] = [];
	for (const file of files) sums.push(`${(await digestFile(join(folder, file))).digest.slice(7)}  ${file}`);
	await writeFile(join(folder, 'manifest.txt'), manifestText(images, sums, making));
	await rm(work, {recursive: true, force: true});
	await rename(folder, bundle);
	// A gigabyte each: only the newest of a version stays.
	const sameVersion = bundle.replace(/[^-]+$/u, '');
	for (const name of await readdir(dirname(bundle)))
		if (join(dirname(bundle), name).startsWith(sameVersion) && join(dirname(bundle), name) !== bundle)
			await rm(join(dirname(bundle), name), {recursive: true, force: true});
};

/**
 * Makes, once, a bundle in the layout of the vendor's air-gap guide: the sample charts, the vendor's real workspace server from
 * PyPI, and stand-ins (`lab/images/`) of control plane and dashboard, which are not published. Hands back its folder.
 */
export const labBundle = async (
	paths: LabPaths,
	debian: Debian,
	registry: string,
	say: Say,
	versions: ProductVersions = productVersions,
): Promise<string> => {
	const packed = [
		await packChart(join(charts, 'zenml-pro'), versions.controlPlane),
		await packChart(join(charts, 'zenml'), versions.workspace),
	];
	const hash = createHash('sha256').update(
		JSON.stringify([5, basePackages, standInPackages, versions, registry, serve, serverSettings]),
	);
	for (const name of (await readdir(standIns)).sort())
		if (name.endsWith('.py') || name === `zenml-${versions.workspace}.txt`)
			hash.update(await readFile(join(standIns, name)));
	for (const {bytes} of packed) hash.update(bytes);
	const bundle = join(paths.cache, `bundle-${versions.workspace}-${hash.digest('hex').slice(0, 12)}`);
	if (existsSync(join(bundle, 'manifest.txt'))) return bundle;
	await timed(say, `Images and bundle ${versions.workspace}`, 'about 80 s, once', () =>
		make(bundle, {paths, debian, versions, registry, packed}),
	);
	const {size} = await stat(join(bundle, 'images/zenml-pro-server.tar'));
	say(`bundle: ${bundle}, the server's image has ${Math.round(size / 1e6)} MB`);
	return bundle;
};
