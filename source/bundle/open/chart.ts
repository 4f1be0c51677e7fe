import {createHash} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {createGunzip} from 'node:zlib';
import {extract} from 'tar-stream';
import {parse} from 'yaml';
import * as z from 'zod';
import {bundleProblem, damaged} from '../../archive/problems.ts';
import {openSlice, type Slice} from '../../archive/slice.ts';
import type {Chart} from '../types.ts';

const maximumChart = 64 * 1024 * 1024;
const maximumUnpacked = 256 * 1024 * 1024;
const maximumYaml = 1024 * 1024;

/** `Chart.yaml` as Helm documents it (helm.sh/docs/topics/charts, apiVersion v2). */
const chartYaml = z.object({
	name: z.string().min(1),
	version: z.union([z.string().min(1), z.number()]).transform(String),
	appVersion: z.union([z.string(), z.number()]).transform(String).nullish(),
	kubeVersion: z.string().nullish(),
	annotations: z.record(z.string(), z.unknown()).nullish(),
});

const notChart = (label: string, cause: string) =>
	damaged('bundle-chart-damaged', label, `${label} is not a packed Helm chart.`, cause);

/** Passes bytes on until there are more than `limit`, so that a small file cannot unpack without end. */
const bounded = (limit: number, label: string): Transform => {
	let bytes = 0;
	return new Transform({
		transform(chunk: Buffer, _encoding, done) {
			bytes += chunk.length;
			if (bytes > limit) done(notChart(label, `It unpacks to more than ${limit} bytes.`));
			else done(null, chunk);
		},
	});
};

/** The text of `<chart>/Chart.yaml`; subcharts lie deeper and are passed over. */
const readChartYaml = async (slice: Slice, signal: AbortSignal): Promise<string | undefined> => {
	const unpack = extract();
	let found: string | undefined;
	unpack.on('entry', (header, stream, next) => {
		// What breaks the archive breaks the file in it too, and only the archive's own error is waited for.
		stream.on('error', () => undefined);
		const wanted = found === undefined && /^(?:\.\/)?[^/]+\/Chart\.yaml$/u.test(header.name);
		if (wanted && (header.size ?? 0) > maximumYaml) {
			next(notChart(slice.label, 'Its Chart.yaml is larger than 1 MiB.'));
			return;
		}
		const parts: Buffer[] = [];
		stream.on('data', (chunk: unknown) => {
			if (wanted) parts.push(chunk as Buffer);
		});
		stream.on('end', () => {
			if (wanted) found = Buffer.concat(parts).toString('utf8');
			next();
		});
	});
	try {
		await pipeline(openSlice(slice), createGunzip(), bounded(maximumUnpacked, slice.label), unpack, {signal});
	} catch (error) {
		if (signal.aborted) throw error;
		if (error instanceof Error && error.name === 'ProblemError') throw error;
		throw notChart(slice.label, 'It cannot be unpacked as gzip and tar; its bytes were changed or lost on the way.');
	}
	return found;
};

/** Copies a chart out of a tar. @returns where it is */
const copyOut = async (
	slice: Slice,
	{workDirectory, signal}: {readonly workDirectory: () => Promise<string>; readonly signal: AbortSignal},
): Promise<string> => {
	try {
		const directory = await workDirectory();
		await mkdir(directory, {recursive: true});
		const path = join(directory, basename(slice.label));
		await pipeline(openSlice(slice), createWriteStream(path, {mode: 0o600}), {signal});
		return path;
	} catch (error) {
		if (signal.aborted || !(error instanceof Error) || !('syscall' in error)) throw error;
		const full = 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
		throw bundleProblem(
			{
				code: 'temporary-unwritable',
				message: `${slice.label} cannot be copied out of the tar.`,
				cause: full ? 'The disk of the folder for temporary files is full.' : error.message,
				fix: 'Make room there, or name a folder on another disk with the environment variable TMPDIR.',
				nextSteps: ['df -h $TMPDIR /tmp'],
			},
			{cause: error},
		);
	}
};

/**
 * Reads the metadata of a packed chart. Helm needs a file, so a chart within a tar is copied to `workDirectory`.
 * @param slice the tgz @param packed true when the bundle is a tar file
 * @throws ProblemError `bundle-chart-damaged`, `temporary-unwritable`
 */
export const readChart = async (
	slice: Slice,
	options: {readonly packed: boolean; readonly workDirectory: () => Promise<string>; readonly signal: AbortSignal},
): Promise<Chart> => {
	if (slice.size > maximumChart)
		throw notChart(slice.label, `It has ${slice.size} bytes; a chart has some hundred kilobytes.`);
	const text = await readChartYaml(slice, options.signal);
	if (text === undefined) throw notChart(slice.label, 'There is no Chart.yaml in it.');
	let value: unknown;
	try {
		value = parse(text, {maxAliasCount: 100});
	} catch {
		throw notChart(slice.label, 'Its Chart.yaml is not YAML.');
	}
	const parsed = chartYaml.safeParse(value);
	if (!parsed.success) throw notChart(slice.label, 'Its Chart.yaml has no name or no version.');
	const hash = createHash('sha256');
	for await (const chunk of openSlice(slice)) hash.update(chunk as Buffer);
	let path = slice.file;
	if (options.packed) {
		path = await copyOut(slice, options);
	}
	const {name, version, appVersion, kubeVersion, annotations} = parsed.data;
	return {
		name,
		version,
		...(appVersion == null ? {} : {appVersion}),
		...(kubeVersion == null ? {} : {kubeVersion}),
		annotations: Object.fromEntries(Object.entries(annotations ?? {}).map(([key, text]) => [key, String(text)])),
		path,
		digest: `sha256:${hash.digest('hex')}`,
	};
};
