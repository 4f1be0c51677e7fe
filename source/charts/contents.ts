import {createReadStream} from 'node:fs';
import {readdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGunzip} from 'node:zlib';
import tar from 'tar-stream';
import {parse} from 'yaml';
import {ProblemError} from '../base/problem.ts';
import {type KeyTree, knownKeys} from './keys.ts';

/** What Chart.yaml says; a subset of the bundle's `Chart`. */
export type ChartMetadata = {
	readonly name: string;
	readonly version: string;
	readonly appVersion?: string;
	/** A semver range of Kubernetes versions. */
	readonly kubeVersion?: string;
	readonly annotations: Readonly<Record<string, string>>;
};

/** The inside of a chart, as far as values are concerned. */
export type ChartContents = {
	readonly metadata: ChartMetadata;
	/** values.yaml, parsed. */
	readonly values: unknown;
	/** Every key the chart knows, from values.yaml and templates. */
	readonly known: KeyTree;
};

/** No text file of a chart comes near this; it keeps a hostile archive from filling the memory. */
const largestFile = 4 << 20;

const wanted = (name: string): boolean =>
	name === 'Chart.yaml' || name === 'values.yaml' || /^templates\/.*\.(ya?ml|tpl|txt)$/u.test(name);

const fromArchive = async (file: string): Promise<Map<string, string>> => {
	const files = new Map<string, string>();
	const extract = tar.extract();
	extract.on('entry', (header, stream, next) => {
		const name = header.name.replace(/^\.?\/*[^/]+\//u, '');
		if (header.type !== 'file' || !wanted(name) || (header.size ?? 0) > largestFile) {
			stream.on('end', next).resume();
			return;
		}
		const chunks: Buffer[] = [];
		stream.on('data', (chunk) => chunks.push(chunk as Buffer));
		stream.on('error', next);
		stream.on('end', () => {
			files.set(name, Buffer.concat(chunks).toString('utf8'));
			next();
		});
	});
	await pipeline(createReadStream(file), createGunzip(), extract);
	return files;
};

const fromFolder = async (folder: string): Promise<Map<string, string>> => {
	const names = (await readdir(folder, {recursive: true})).map((name) => name.replaceAll(path.sep, '/')).filter(wanted);
	return new Map(
		await Promise.all(
			names.map(async (name): Promise<[string, string]> => [name, await readFile(path.join(folder, name), 'utf8')]),
		),
	);
};

const text = (value: unknown): string | undefined =>
	value === undefined || value === null ? undefined : String(value);

const unreadable = (file: string, cause: string, error?: unknown): ProblemError =>
	new ProblemError(
		{
			code: 'chart-unreadable',
			area: 'bundle',
			who: 'vendor',
			message: `The Helm chart ${path.basename(file)} cannot be read.`,
			cause,
			fix: 'Verify the bundle, and copy it anew if it is damaged.',
			location: {file},
		},
		{cause: error},
	);

/**
 * Reads a chart, packed (.tgz) or as a folder.
 * @throws ProblemError `chart-unreadable`, area `bundle`.
 */
export const readChart = async (file: string): Promise<ChartContents> => {
	try {
		const files = (await stat(file)).isDirectory() ? await fromFolder(file) : await fromArchive(file);
		const chart = parse(files.get('Chart.yaml') ?? '') as Readonly<Record<string, unknown>> | null;
		const name = text(chart?.name);
		const version = text(chart?.version);
		if (!chart || name === undefined || version === undefined) {
			throw unreadable(file, 'It has no Chart.yaml with a name and a version.');
		}
		const values: unknown = parse(files.get('values.yaml') ?? '') ?? {};
		const dependencies = (chart.dependencies ?? []) as readonly {readonly name: string; readonly alias?: string}[];
		const appVersion = text(chart.appVersion);
		const kubeVersion = text(chart.kubeVersion);
		const annotations = (chart.annotations ?? {}) as Readonly<Record<string, unknown>>;
		return {
			metadata: {
				name,
				version,
				...(appVersion === undefined ? {} : {appVersion}),
				...(kubeVersion === undefined ? {} : {kubeVersion}),
				annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, String(value)])),
			},
			values,
			known: knownKeys(
				values,
				[...files].filter(([inner]) => inner.startsWith('templates/')).map(([, content]) => content),
				dependencies.map(({name: dependency, alias}) => alias ?? dependency),
			),
		};
	} catch (error) {
		if (error instanceof ProblemError) throw error;
		throw unreadable(file, error instanceof Error ? error.message : String(error), error);
	}
};
