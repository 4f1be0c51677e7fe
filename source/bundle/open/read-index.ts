import {bundleProblem} from '../../archive/problems.ts';
import {readSlice, type Slice} from '../../archive/slice.ts';
import type {ProblemError} from '../../base/problem.ts';
import {digestPattern, sha256Of} from '../../oci/digest.ts';
import type {Image} from '../../oci/image.ts';
import {parseExactChecksums} from '../layout/checksums-text.ts';
import {type BundleIndex, bundleFiles, bundleIndexSchema} from '../layout/index-file.ts';
import type {BundleManifest} from '../layout/types.ts';
import type {Chart} from '../types.ts';

/** A bundle of 100,000 files has an index of this length. */
const maximumBytes = 32 * 1024 * 1024;

const {index: indexName, checksums: sumsName, signature: signatureName} = bundleFiles;

const several = (names: readonly string[]): string =>
	names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`;

const carryBoth = 'Carry bundle.json and SHA256SUMS in again from the connected side.';

type Refusal = {readonly code: string; readonly message: string; readonly cause: string};

/** @param more the way out, where carrying both lists again is none, and the file to look at */
const unusable = (refusal: Refusal, more: {readonly fix?: string; readonly file?: string} = {}): ProblemError =>
	bundleProblem({fix: carryBoth, ...refusal, ...more, location: {file: more.file ?? indexName}});

const readText = async (slice: Slice): Promise<Buffer> => {
	if (slice.size > maximumBytes) {
		throw unusable({
			code: 'bundle-index-damaged',
			message: `${slice.label} is too large.`,
			cause: `It has ${slice.size} bytes.`,
		});
	}
	return readSlice(slice);
};

/** Reads `bundle.json` as text. @throws ProblemError `bundle-index-newer`, `bundle-index-damaged` */
export const parseIndex = (text: string): BundleIndex => {
	const damaged = (cause: string) =>
		unusable({code: 'bundle-index-damaged', message: 'bundle.json cannot be used.', cause});
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw damaged('It is not JSON, or it was cut short.');
	}
	const version = value instanceof Object && 'formatVersion' in value ? value.formatVersion : undefined;
	if (typeof version === 'number' && version > 1) {
		const maker = value instanceof Object && 'madeBy' in value ? ` by ${String(value.madeBy)}` : '';
		throw unusable(
			{
				code: 'bundle-index-newer',
				message: 'The bundle was made by a newer tool than this one.',
				cause: `bundle.json was written${maker} in format ${version}; this tool reads format 1.`,
			},
			{fix: 'Use the newer tool; a bundle may hold it below bin/.'},
		);
	}
	const parsed = bundleIndexSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw damaged(`${issue?.path.join('.') || 'The whole'}: ${issue?.message ?? 'is not as it should be'}.`);
};

/** `bundle.json` and `SHA256SUMS` must say the same of every file, and neither may name a file that the other does not. */
const compareSums = (index: BundleIndex, sums: ReadonlyMap<string, string>): void => {
	const listed = new Map(index.files.map(({path, digest}) => [path, digest]));
	const differs = [...listed].filter(([path, digest]) => sums.get(path) !== digest).map(([path]) => path);
	const unknown = [...sums.keys()].filter((path) => path !== indexName && !listed.has(path));
	const names = [...differs, ...unknown];
	if (names.length === 0) return;
	throw unusable(
		{
			code: 'bundle-index-mismatch',
			message: `bundle.json and SHA256SUMS do not agree about ${several(names)}.`,
			cause:
				'SHA256SUMS has the right checksum of bundle.json, so it was itself changed, or belongs to another bundle.',
		},
		{file: sumsName},
	);
};

/** Every listed file must be there with its size, and no other. Digests are for `verify`. */
const compareFiles = (index: BundleIndex, files: ReadonlyMap<string, Slice>): void => {
	const names = index.files.map(({path}) => path);
	const lost = names.filter((path) => !files.has(path));
	if (lost.length > 0) {
		throw unusable(
			{
				code: 'bundle-file-missing',
				message: `The bundle lacks ${lost.length === 1 ? 'a file' : `${lost.length} files`}: ${several(lost)}.`,
				cause: `bundle.json lists ${lost.length === 1 ? 'it' : 'them'}; what was carried in is not all.`,
			},
			{fix: 'Carry the missing files in from the connected side.'},
		);
	}
	const known = new Set<string>([...names, indexName, sumsName, signatureName]);
	const extra = [...files.keys()].filter((path) => !known.has(path));
	if (extra.length > 0) {
		throw unusable(
			{
				code: 'bundle-file-extra',
				message: `The bundle holds ${extra.length === 1 ? 'a file' : `${extra.length} files`} that it should not: ${several(extra)}.`,
				cause: `bundle.json lists every file of the bundle, and not ${extra.length === 1 ? 'this one' : 'these'}.`,
			},
			{fix: 'Find out where they came from, then move them out of the bundle.'},
		);
	}
	const wrong = index.files.filter(({path, size}) => files.get(path)?.size !== size);
	if (wrong.length > 0) {
		const [first] = wrong;
		const have = first ? `${first.path} should have ${first.size} bytes and has ${files.get(first.path)?.size}` : '';
		throw unusable(
			{
				code: 'bundle-file-size',
				message: `${wrong.length === 1 ? 'A file of the bundle has' : 'Files of the bundle have'} another size: ${several(wrong.map(({path}) => path))}.`,
				cause: `${have}: it was cut short, changed or replaced.`,
			},
			{
				fix: `Carry ${several(wrong.map(({path}) => path))} in again from the connected side.`,
				...(first ? {file: first.path} : {}),
			},
		);
	}
};

/** @throws ProblemError `bundle-file-missing`, `bundle-index-damaged` */
const readSums = async (files: ReadonlyMap<string, Slice>): Promise<ReadonlyMap<string, string>> => {
	const sumsSlice = files.get(sumsName);
	if (!sumsSlice) {
		throw unusable(
			{
				code: 'bundle-file-missing',
				message: 'The bundle lacks a file: SHA256SUMS.',
				cause: 'There is a bundle.json, which never comes without it.',
			},
			{fix: 'Carry SHA256SUMS in from the connected side.', file: sumsName},
		);
	}
	const checksums = parseExactChecksums((await readText(sumsSlice)).toString('utf8'));
	if (!checksums) {
		throw unusable(
			{
				code: 'bundle-index-damaged',
				message: 'SHA256SUMS cannot be used.',
				cause: 'It has a line that is not 64 hex digits, two spaces and a path, or a file comes twice.',
			},
			{file: sumsName},
		);
	}
	return checksums;
};

/**
 * Reads the machine manifest of a bundle that `bundle create` or `bundle diff` made, and holds the files against it.
 * @param signed the checksums, where a signature that was checked covers them: the file is not read a second time, as somebody
 *   may have put another one there meanwhile
 * @returns `undefined` for a bundle made by hand; else the index, and the digest of every file by path
 * @throws ProblemError `bundle-index-newer`, `bundle-index-damaged`, `bundle-index-mismatch`, `bundle-checksum-mismatch`,
 * `bundle-file-missing`, `bundle-file-extra`, `bundle-file-size`
 */
export const readIndex = async (
	files: ReadonlyMap<string, Slice>,
	signed?: ReadonlyMap<string, string>,
): Promise<{readonly index: BundleIndex; readonly checksums: ReadonlyMap<string, string>} | undefined> => {
	const slice = files.get(indexName);
	if (!slice) return undefined;
	const bytes = await readText(slice);
	const checksums = signed ?? (await readSums(files));
	const digest = sha256Of(bytes);
	if (checksums.get(indexName) !== digest) {
		throw unusable({
			code: 'bundle-checksum-mismatch',
			message: 'bundle.json is not what SHA256SUMS says.',
			cause: `Its SHA-256 is ${digest}, SHA256SUMS has ${checksums.get(indexName) ?? 'none'}: one of the two was changed or lost bytes on the way.`,
		});
	}
	const index = parseIndex(bytes.toString('utf8'));
	compareSums(index, checksums);
	compareFiles(index, files);
	return {index, checksums};
};

/**
 * The images and charts that were read must be the ones that `bundle.json` names.
 * @throws ProblemError `bundle-index-mismatch`
 */
export const compareContents = (
	index: BundleIndex,
	found: {readonly images: readonly Image[]; readonly charts: readonly Chart[]},
): void => {
	const images = index.images.filter(
		({name, tag, digest, platforms}) =>
			!found.images.some(
				(image) =>
					image.name === name &&
					image.tag === tag &&
					(image.manifest.digest === digest || platforms.some((one) => one.digest === image.manifest.digest)),
			),
	);
	const charts = index.charts.filter(
		({name, version, digest}) =>
			!found.charts.some((chart) => chart.name === name && chart.version === version && chart.digest === digest),
	);
	const absent = [
		...images.map(({name, tag}) => `${name}:${tag}`),
		...charts.map((one) => `${one.name}-${one.version}`),
	];
	if (absent.length === 0) return;
	throw unusable(
		{
			code: 'bundle-index-mismatch',
			message: `bundle.json lists what the bundle does not hold: ${several(absent)}.`,
			cause: 'All files are there, but the image layout or a chart holds something else than they should.',
		},
		{fix: 'Run `zenml-airgap bundle verify --all` on it, and make the bundle anew if that finds nothing.'},
	);
};

/** What a made bundle documents; `registries` is said for people only, in manifest.txt. */
export const manifestOf = (
	index: BundleIndex,
	checksums: ReadonlyMap<string, string>,
	registries: readonly string[],
): BundleManifest => ({
	created: index.created,
	images: index.images.map(({source, name, tag}) => (digestPattern.test(source) ? `${name}:${tag}` : source)),
	charts: index.charts.map(({name, version}) => `${name}-${version}`),
	registries,
	checksums,
});
