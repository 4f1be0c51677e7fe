import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {chmod, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {
	digestFile,
	type Layer,
	packChart,
	type SampleImage,
	writeClassic,
	writeModern,
} from '../rehearsal/sample-bundle/index.ts';
import {runCommand} from './commands.ts';
import {downloadPackages} from './debian.ts';
import type {LabPaths} from './paths.ts';
import {type Say, timed} from './report.ts';

export const productVersions = {controlPlane: '0.13.18', workspace: '0.95.1'} as const;

const sources = fileURLToPath(new URL('./images/', import.meta.url));
const charts = fileURLToPath(new URL('../rehearsal/charts/', import.meta.url));

// With these the images hold a real Python, psycopg2 and shell: what the charts and the installer's probes start in a pod runs as it would.
const packages = ['python3', 'python3-psycopg2', 'busybox-static'] as const;

/** Folders of Debian's packages that no program needs. */
const dead = [
	'usr/share/doc',
	'usr/share/man',
	'usr/share/locale',
	'usr/share/lintian',
	'usr/share/info',
	'usr/share/perl5',
	'usr/share/perl',
];

const tarOf = async (folder: string, name: string, file: string): Promise<Layer> => {
	const fixed = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=2026-01-01', '--format=posix'];
	const stable = ['--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'];
	await runCommand('tar', ['-C', folder, ...fixed, ...stable, '-cf', file, '.'], {timeoutMs: 300_000});
	return {name, file, ...(await digestFile(file))};
};

const debianRoot = async (paths: LabPaths, root: string): Promise<void> => {
	const archives = join(paths.cache, 'image-archives');
	await mkdir(paths.cache, {recursive: true});
	// An empty package status: apt then names everything down to the C library.
	const empty = join(paths.cache, 'no-packages');
	await writeFile(empty, '');
	await downloadPackages(archives, packages, ['-o', `Dir::State::status=${empty}`]);
	for (const file of (await readdir(archives)).filter((name) => name.endsWith('.deb')))
		await runCommand('dpkg', ['-x', join(archives, file), root]);
	for (const folder of dead) await rm(join(root, folder), {recursive: true, force: true});
	await runCommand('bash', [
		'-ec',
		`cd "$1"; mkdir -p bin usr/local/bin etc/ssl/certs tmp; chmod 1777 tmp
		for name in sh cat ls sleep wget nslookup; do [ -e bin/$name ] || ln -s busybox bin/$name; done
		[ -e usr/bin/python3 ] || ln -s python3.11 usr/bin/python3
		printf 'root:x:0:0:root:/root:/bin/sh\\nzenml:x:1000:1000::/tmp:/bin/sh\\n' > etc/passwd
		printf 'root:x:0:\\nzenml:x:1000:\\n' > etc/group
		echo '# The system trusts nothing until a chart adds to it.' > etc/ssl/certs/ca-certificates.crt`,
		'bash',
		root,
	]);
};

const programFolder = async (folder: string, version: string): Promise<void> => {
	const lab = join(folder, 'opt/lab');
	await mkdir(lab, {recursive: true});
	await mkdir(join(folder, 'usr/local/bin'), {recursive: true});
	for (const name of await readdir(sources)) if (name.endsWith('.py')) await cp(join(sources, name), join(lab, name));
	await writeFile(join(lab, 'VERSION'), `${version}\n`);
	const scripts = [
		[join(lab, 'control-plane'), 'control-plane'],
		[join(lab, 'dashboard'), 'dashboard'],
		[join(lab, 'workspace'), 'workspace'],
		// The chart of the workspace starts its migration as `zenml migrate-database`.
		[join(folder, 'usr/local/bin/zenml'), 'workspace'],
	] as const;
	for (const [file, role] of scripts) {
		await writeFile(file, `#!/bin/sh\nexec python3 -B -u /opt/lab/product.py ${role} "$@"\n`);
		await chmod(file, 0o755);
	}
};

/**
 * Makes, once, a bundle in the layout of the vendor's air-gap guide whose images hold programs that run: Python, psycopg2 and the
 * servers of `lab/images/`, and the sample charts. Hands back its folder.
 */
export const labBundle = async (paths: LabPaths, registry: string, say: Say): Promise<string> => {
	const hash = createHash('sha256').update(JSON.stringify([3, packages, productVersions, registry]));
	for (const name of (await readdir(sources)).sort())
		if (name.endsWith('.py')) hash.update(await readFile(join(sources, name)));
	const packed = [
		await packChart(join(charts, 'zenml-pro'), productVersions.controlPlane),
		await packChart(join(charts, 'zenml'), productVersions.workspace),
	];
	for (const {bytes} of packed) hash.update(bytes);
	const bundle = join(paths.cache, `bundle-${hash.digest('hex').slice(0, 12)}`);
	if (existsSync(join(bundle, 'manifest.txt'))) return bundle;
	await timed(say, 'Images and bundle', 'about 40 s, once', async () => {
		const work = `${bundle}.work`;
		const making = `${bundle}.making`;
		for (const folder of [work, making]) await rm(folder, {recursive: true, force: true});
		for (const folder of ['root', 'api', 'server']) await mkdir(join(work, folder), {recursive: true});
		for (const folder of ['images', 'charts']) await mkdir(join(making, folder), {recursive: true});
		await debianRoot(paths, join(work, 'root'));
		await programFolder(join(work, 'api'), productVersions.controlPlane);
		await programFolder(join(work, 'server'), productVersions.workspace);
		const base = await tarOf(join(work, 'root'), 'base', join(work, 'root.tar'));
		const api = await tarOf(join(work, 'api'), 'api', join(work, 'api.tar'));
		const server = await tarOf(join(work, 'server'), 'server', join(work, 'server.tar'));
		const ecr = (region: string): string => `715803424590.dkr.ecr.${region}.amazonaws.com`;
		const {controlPlane, workspace} = productVersions;
		const images: readonly (readonly [string, SampleImage, typeof writeModern])[] = [
			[
				'zenml-pro-api',
				{
					reference: `${ecr('eu-west-1')}/zenml-pro-api:${controlPlane}`,
					entrypoint: ['/opt/lab/control-plane'],
					layers: [base, api],
				},
				writeModern,
			],
			[
				'zenml-pro-dashboard',
				{
					reference: `${ecr('eu-west-1')}/zenml-pro-dashboard:${controlPlane}`,
					entrypoint: ['/opt/lab/dashboard'],
					layers: [base, api],
				},
				writeClassic,
			],
			[
				'zenml-pro-server',
				{
					reference: `${ecr('eu-central-1')}/zenml-pro-server:${workspace}`,
					entrypoint: ['/opt/lab/workspace'],
					layers: [base, server],
				},
				writeModern,
			],
			[
				'zenml-client',
				{reference: `zenmldocker/zenml:${workspace}`, entrypoint: ['/opt/lab/workspace'], layers: [base, server]},
				writeClassic,
			],
		];
		for (const [name, image, write] of images) await write(join(making, 'images', `${name}.tar`), image);
		for (const {fileName, bytes} of packed) await writeFile(join(making, 'charts', fileName), bytes);
		const files = [
			...images.map(([name]) => `images/${name}.tar`),
			...packed.map(({fileName}) => `charts/${fileName}`),
		];
		const sums: string[] = [];
		for (const file of files) sums.push(`${(await digestFile(join(making, file))).digest.slice(7)}  ${file}`);
		const internal = images.map(([, {reference}]) => `${registry}/zenml/${reference.replace(/^.*\//u, '')}`);
		const list = (title: string, lines: readonly string[]): readonly string[] => [title, ...lines, ''];
		const text = [
			...list('ZenML Pro air-gapped bundle (images of the lab)', []),
			...list('Date of bundle creation: 2026-01-01', []),
			...list(
				'Images:',
				images.map(([, {reference}]) => `- ${reference}`),
			),
			...list(
				'Helm charts:',
				packed.map(({fileName}) => `- ${fileName}`),
			),
			...list(
				'Required internal registry URLs:',
				internal.map((reference) => `- ${reference}`),
			),
			...list('SHA-256 checksums (sha256sum -c):', sums),
		];
		await writeFile(join(making, 'manifest.txt'), text.join('\n'));
		await rm(work, {recursive: true, force: true});
		await rename(making, bundle);
		say(
			`bundle: ${bundle}, ${Math.round((await stat(join(bundle, 'images/zenml-pro-server.tar'))).size / 1e6)} MB an image`,
		);
	});
	return bundle;
};
