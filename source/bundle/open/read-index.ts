import {readSlice, type Slice} from '../../archive/slice.ts';
import {counted} from '../../base/text.ts';
import {isDigest, sha256Of} from '../../oci/digest.ts';
import {type Image, imageKey} from '../../oci/image.ts';
import {ociProblems} from '../../oci/problems.ts';
import {parseExactChecksums} from '../layout/checksums-text.ts';
import {decodeText} from '../layout/foreign/decode-text.ts';
import {type BundleIndex, bundleFiles, bundleIndexSchema} from '../layout/index-file.ts';
import {faultIn, newerVersion, several} from '../layout/text.ts';
import type {BundleManifest} from '../layout/types.ts';
import type {Chart} from '../types.ts';
import {openProblems} from './problems.ts';

/** A bundle of 100,000 files has an index of this length. */
const maximumBytes = 32 * 1024 * 1024;

const {index: indexName, checksums: sumsName, signature: signatureName} = bundleFiles;
const inIndex = {location: {file: indexName}};
const inSums = {location: {file: sumsName}};

type Files = ReadonlyMap<string, Slice>;
/** Digest by path. */
type Sums = ReadonlyMap<string, string>;

const readText = async (slice: Slice): Promise<Buffer> => {
	const {label: file, size} = slice;
	if (size <= maximumBytes) return readSlice(slice);
	throw openProblems.error('bundle-index-damaged', {case: 'large', file, size}, {location: {file}});
};

const makerOf = (value: unknown): string =>
	value instanceof Object && 'madeBy' in value ? String(value.madeBy) : 'an unknown tool';

/** Reads `bundle.json` as text. @throws ProblemError `bundle-index-newer`, `bundle-index-damaged` */
export const parseIndex = (text: string): BundleIndex => {
	const file = indexName;
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw openProblems.error('bundle-index-damaged', {case: 'no json', file}, inIndex);
	}
	const version = newerVersion(value, 1);
	if (version !== undefined) throw openProblems.error('bundle-index-newer', {maker: makerOf(value), version}, inIndex);
	const parsed = bundleIndexSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	throw openProblems.error('bundle-index-damaged', {case: 'value', file, ...faultIn(parsed.error)}, inIndex);
};

/** `bundle.json` and `SHA256SUMS` must say the same of every file, and neither may name a file that the other does not. */
const compareSums = (index: BundleIndex, sums: Sums): void => {
	const listed = new Map(index.files.map(({path, digest}) => [path, digest]));
	const differs = [...listed].filter(([path, digest]) => sums.get(path) !== digest).map(([path]) => path);
	const unknown = [...sums.keys()].filter((path) => path !== indexName && !listed.has(path));
	const names = [...differs, ...unknown];
	if (names.length === 0) return;
	throw openProblems.error('bundle-index-mismatch', {case: 'sums', names: several(names)}, inSums);
};

const requireAll = ({files: listed}: BundleIndex, files: Files): void => {
	const lost = listed.map(({path}) => path).filter((path) => !files.has(path));
	if (lost.length === 0) return;
	throw openProblems.error('bundle-file-missing', {case: 'in index', names: several(lost)}, inIndex);
};

const requireNoOther = ({files: listed}: BundleIndex, files: Files): void => {
	const known = new Set<string>([...listed.map(({path}) => path), indexName, sumsName, signatureName]);
	const extra = [...files.keys()].filter((path) => !known.has(path));
	if (extra.length === 0) return;
	const given = {case: 'files', count: counted(extra.length, 'file'), names: several(extra)} as const;
	throw openProblems.error('bundle-file-extra', given, inIndex);
};

const requireSizes = ({files: listed}: BundleIndex, files: Files): void => {
	const wrong = listed.filter(({path, size}) => files.get(path)?.size !== size);
	const [first] = wrong;
	if (!first) return;
	const {path: file, size} = first;
	const given = {names: several(wrong.map(({path}) => path)), file, size, held: files.get(file)?.size ?? 0};
	throw openProblems.error('bundle-file-size', given, {location: {file}});
};

/** Every listed file must be there with its size, and no other. Digests are for `verify`. */
const compareFiles = (index: BundleIndex, files: Files): void => {
	requireAll(index, files);
	requireNoOther(index, files);
	requireSizes(index, files);
};

/** How a text can be changed as a whole on its way, so that it says the same and has other bytes. */
const changeOf = (bytes: Buffer): 'text mode' | 'another encoding' | undefined => {
	if (!bytes.equals(Buffer.from(decodeText(bytes))) && bytes.includes(0)) return 'another encoding';
	return bytes.includes('\r\n') ? 'text mode' : undefined;
};

/** @throws ProblemError `bundle-file-missing`, `bundle-index-damaged` */
const readSums = async (files: Files): Promise<Sums> => {
	const slice = files.get(sumsName);
	if (!slice) throw openProblems.error('bundle-file-missing', {case: 'no sums'}, inSums);
	const bytes = await readText(slice);
	const checksums = parseExactChecksums(bytes.toString('utf8'));
	if (checksums && !bytes.includes('\r')) return checksums;
	throw openProblems.error('bundle-index-damaged', {case: changeOf(bytes) ?? 'sums', file: sumsName}, inSums);
};

/** Whether a text was the one of a digest before its line ends or its encoding were changed. */
const isFormerly = (bytes: Buffer, digest: string | undefined): boolean =>
	sha256Of(decodeText(bytes).replaceAll('\r\n', '\n')) === digest;

/** The machine manifest of a bundle, and the digest of every file by path. */
export type MadeIndex = {readonly index: BundleIndex; readonly checksums: Sums};

/**
 * Reads the machine manifest of a bundle that `bundle create` or `bundle diff` made, and holds the files against it.
 * @param signed the checksums, where a signature that was checked covers them: the file is not read a second time, as somebody
 *   may have put another one there meanwhile
 * @returns `undefined` for a bundle made by hand
 * @throws ProblemError `bundle-index-newer`, `bundle-index-damaged`, `bundle-index-mismatch`, `bundle-checksum-mismatch`,
 * `bundle-file-missing`, `bundle-file-extra`, `bundle-file-size`
 */
export const readIndex = async (files: Files, signed?: Sums): Promise<MadeIndex | undefined> => {
	const slice = files.get(indexName);
	if (!slice) return undefined;
	const bytes = await readText(slice);
	const checksums = signed ?? (await readSums(files));
	const [digest, actual] = [checksums.get(indexName), sha256Of(bytes)];
	if (digest !== actual) {
		const change = changeOf(bytes);
		if (change && isFormerly(bytes, digest)) {
			throw openProblems.error('bundle-index-damaged', {case: change, file: indexName}, inIndex);
		}
		const given = {case: 'index', file: indexName, actual, digest: digest ?? 'none'} as const;
		throw ociProblems.error('bundle-checksum-mismatch', given, inIndex);
	}
	const index = parseIndex(bytes.toString('utf8'));
	compareSums(index, checksums);
	compareFiles(index, files);
	return {index, checksums};
};

/** Blobs that a differential bundle left out, and their sizes. */
export const omittedOf = ({differential}: BundleIndex): ReadonlyMap<string, number> =>
	new Map(differential?.omitted.map(({digest, size}) => [digest, size]));

/** Of an image for several platforms one may have been taken. */
const isListed = ({name, tag, digest, platforms}: BundleIndex['images'][number], image: Image): boolean =>
	image.name === name &&
	image.tag === tag &&
	[digest, ...platforms.map((platform) => platform.digest)].includes(image.manifest.digest);

const isListedChart = ({name, version, digest}: BundleIndex['charts'][number], chart: Chart): boolean =>
	chart.name === name && chart.version === version && chart.digest === digest;

/**
 * The images and charts that were read must be the ones that `bundle.json` names.
 * @throws ProblemError `bundle-index-mismatch`
 */
export const compareContents = (
	index: Pick<BundleIndex, 'images' | 'charts'>,
	found: {readonly images: readonly Image[]; readonly charts: readonly Chart[]},
): void => {
	const images = index.images.filter((listed) => !found.images.some((image) => isListed(listed, image)));
	const charts = index.charts.filter((listed) => !found.charts.some((chart) => isListedChart(listed, chart)));
	const absent = [...images.map(imageKey), ...charts.map(({name, version}) => `${name}-${version}`)];
	if (absent.length === 0) return;
	throw openProblems.error('bundle-index-mismatch', {case: 'contents', names: several(absent)}, inIndex);
};

/** What a made bundle documents; `registries` is said for people only, in manifest.txt. */
export const manifestOf = ({index, checksums}: MadeIndex, registries: readonly string[]): BundleManifest => ({
	created: index.created,
	images: index.images.map((image) => (isDigest(image.source) ? imageKey(image) : image.source)),
	charts: index.charts.map(({name, version}) => `${name}-${version}`),
	registries,
	checksums,
});
