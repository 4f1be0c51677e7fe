import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {pack} from 'tar-stream';
import {onTestFinished} from 'vitest';
import {type Problem, ProblemError} from '../../source/base/problem.ts';

export const never = new AbortController().signal;

/** A folder that goes when the test ends. */
export const temporary = async (): Promise<string> => {
	const directory = await mkdtemp(join(tmpdir(), 'zenml-airgap-test-'));
	onTestFinished(() => rm(directory, {recursive: true, force: true}));
	return directory;
};

export type Member = string | Buffer | {readonly symlink: string} | {readonly link: string} | {readonly folder: true};

/** A tar of members by name, in memory. */
export const tarOf = async (
	members: Readonly<Record<string, Member>> | ReadonlyArray<readonly [string, Member]>,
): Promise<Buffer> => {
	const tar = pack();
	// The same members give the same bytes, also in the next second.
	const mtime = new Date(0);
	for (const [name, member] of Array.isArray(members) ? members : Object.entries(members)) {
		if (typeof member === 'string' || Buffer.isBuffer(member)) tar.entry({name, mtime}, member);
		else if ('folder' in member) tar.entry({name, mtime, type: 'directory'});
		else if ('link' in member) tar.entry({name, mtime, type: 'link', linkname: member.link});
		else tar.entry({name, mtime, type: 'symlink', linkname: member.symlink});
	}
	tar.finalize();
	const parts: Buffer[] = [];
	for await (const chunk of tar) parts.push(chunk as Buffer);
	return Buffer.concat(parts);
};

export const hex = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

export type ImageParts = {
	readonly reference: string;
	readonly layers: readonly Buffer[];
	/** The layers as they lie in the archive, where they are compressed. */
	readonly stored?: readonly Buffer[];
	readonly architecture?: string;
};

export const configOf = ({layers, architecture = 'amd64'}: ImageParts): Buffer =>
	Buffer.from(
		JSON.stringify({
			os: 'linux',
			architecture,
			rootfs: {type: 'layers', diff_ids: layers.map((layer) => `sha256:${hex(layer)}`)},
		}),
	);

/** Members of an archive as `docker save` wrote it before Docker 25. */
export const classic = (images: readonly ImageParts[]): Record<string, Member> => {
	const members: Record<string, Member> = {};
	const list = images.map((image) => {
		const config = configOf(image);
		members[`${hex(config)}.json`] = config;
		const places = image.layers.map((layer, index) => {
			const place = `${hex(`${image.reference} ${index}`)}/layer.tar`;
			members[place] = image.stored?.[index] ?? layer;
			return place;
		});
		return {Config: `${hex(config)}.json`, RepoTags: [image.reference], Layers: places};
	});
	return {...members, 'manifest.json': JSON.stringify(list)};
};

/** What the type of a layer ends in, by its first byte. */
const suffixOf = ([first]: Buffer): string => {
	if (first === 0x1f) return '+gzip';
	return first === 0x28 ? '+zstd' : '';
};

/** Members of an archive as Docker 25 and later write it; every index entry carries the tag of the last image. */
export const modern = (images: readonly ImageParts[]): Record<string, Member> => {
	const members: Record<string, Member> = {'blobs/': {folder: true}};
	const entries: unknown[] = [];
	const lastTag = images.at(-1)?.reference.replace(/^.*:/u, '');
	const put = (bytes: Buffer) => {
		members[`blobs/sha256/${hex(bytes)}`] = bytes;
		return {digest: `sha256:${hex(bytes)}`, size: bytes.length};
	};
	const list = images.map((image) => {
		const config = configOf(image);
		const stored = image.stored ?? image.layers;
		const type = 'application/vnd.oci.image.layer.v1.tar';
		const manifest = Buffer.from(
			JSON.stringify({
				schemaVersion: 2,
				mediaType: 'application/vnd.oci.image.manifest.v1+json',
				config: {mediaType: 'application/vnd.oci.image.config.v1+json', ...put(config)},
				layers: stored.map((layer) => ({mediaType: `${type}${suffixOf(layer)}`, ...put(layer)})),
			}),
		);
		entries.push({
			mediaType: 'application/vnd.oci.image.manifest.v1+json',
			...put(manifest),
			annotations: {'org.opencontainers.image.ref.name': lastTag},
		});
		return {
			Config: `blobs/sha256/${hex(config)}`,
			RepoTags: [image.reference],
			Layers: stored.map((layer) => `blobs/sha256/${hex(layer)}`),
		};
	});
	return {
		...members,
		'index.json': JSON.stringify({schemaVersion: 2, manifests: entries}),
		'manifest.json': JSON.stringify(list),
		'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
	};
};

export const layer = (text: string): Promise<Buffer> => tarOf({[`${text}.txt`]: text.repeat(50)});

/** A packed chart of one file. */
export const chartOf = async (name: string, version: string, more = ''): Promise<Buffer> =>
	gzipSync(
		await tarOf({
			[`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: ${version}\n${more}`,
			[`${name}/charts/sub/Chart.yaml`]: 'name: sub\nversion: 9.9.9\n',
		}),
	);

/** The files of a small but complete bundle, by path. */
export const bundleFiles = async (): Promise<Record<string, Buffer>> => {
	const base = await layer('base');
	const app = async (name: string) => [base, await layer(name)];
	const save = async (form: typeof modern, reference: string) =>
		tarOf(form([{reference, layers: await app(reference.replaceAll(/[/:]/gu, '-'))}]));
	return {
		'images/zenml-pro-api.tar': await save(modern, 'vendor.example.com/zenml-pro-api:0.13.18'),
		'images/zenml-pro-dashboard.tar': await save(classic, 'vendor.example.com/zenml-pro-dashboard:0.13.18'),
		'images/zenml-pro-server.tar': await save(modern, 'vendor.example.com/zenml-pro-server:0.95.1'),
		'images/zenml-client.tar': await save(classic, 'zenmldocker/zenml:0.95.1'),
		'charts/zenml-pro-0.13.18.tgz': await chartOf(
			'zenml-pro',
			'0.13.18',
			'kubeVersion: ">=1.24"\nannotations:\n  a: b\n',
		),
		'charts/zenml-0.95.1.tgz': await chartOf('zenml', '0.95.1', 'appVersion: 0.95.1\n'),
		'manifest.txt': Buffer.from(
			[
				'Images:',
				'- vendor.example.com/zenml-pro-api:0.13.18',
				'- vendor.example.com/zenml-pro-dashboard:0.13.18',
				'- vendor.example.com/zenml-pro-server:0.95.1',
				'- zenmldocker/zenml:0.95.1',
				'Charts: zenml-pro 0.13.18, zenml 0.95.1',
			].join('\n'),
		),
	};
};

export const checksumLines = (files: Readonly<Record<string, Buffer>>): string =>
	Object.entries(files)
		.filter(([name]) => name !== 'manifest.txt')
		.map(([name, bytes]) => `${hex(bytes)}  ${name}\n`)
		.join('');

export const writeFiles = async (
	directory: string,
	files: Readonly<Record<string, Buffer | string>>,
): Promise<void> => {
	for (const [name, content] of Object.entries(files)) {
		await mkdir(dirname(join(directory, name)), {recursive: true});
		await writeFile(join(directory, name), content);
	}
};

/** The problem that a promise must fail with; any other error, or none, fails the test. */
export const problemOf = async (promise: Promise<unknown>): Promise<Problem> => {
	try {
		await promise;
	} catch (error) {
		if (error instanceof ProblemError) return error.problem;
		throw error;
	}
	throw new Error('It was expected to be refused, but it was not.');
};
