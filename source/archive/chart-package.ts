import {type ProblemCode, ProblemError} from '../base/problem.ts';
import {formatBytes} from '../base/units.ts';
import {type ChartYaml, parseChartYaml} from './chart-yaml.ts';
import {digestOfSlice} from './digest.ts';
import {archiveProblems} from './problems.ts';
import {unpackedOf} from './range.ts';
import {readSlice, type Slice} from './slice.ts';
import {indexTar, type TarIndex} from './tar-index.ts';

/** A chart has some hundred kilobytes. Bytes: packed, unpacked, of Chart.yaml, of any other text in it. */
const most = {packed: 64 << 20, unpacked: 256 << 20, metadata: 1 << 20, text: 4 << 20} as const;

/** A packed Helm chart, as far as it is read here. */
export type ChartPackage = ChartYaml & {
	/** Its texts by path: Chart.yaml, values.yaml and templates; those of charts within it are not among them. */
	readonly files: ReadonlyMap<string, string>;
	/** SHA-256 of the package. */
	readonly digest: string;
};

/** True for a file of a chart that says something of its values; its path starts in the chart. */
export const isChartText = (path: string): boolean =>
	path === 'Chart.yaml' || path === 'values.yaml' || /^templates\/.*\.(ya?ml|tpl|txt)$/u.test(path);

/** A path within the one folder that a package holds. @returns `undefined` for what lies beside it */
const inChart = (name: string): string | undefined => /^(?:\.\/)*[^/]+\/(.+)$/u.exec(name)?.[1];

const isWanted = (path: string | undefined): path is string => path !== undefined && isChartText(path);

type Fault = Parameters<typeof archiveProblems.error<'bundle-chart-damaged'>>[1] extends infer Given
	? Given extends {readonly file: unknown}
		? Omit<Given, 'file'>
		: never
	: never;

const notChart = ({label: file}: Slice, fault: Fault, error?: unknown): Error =>
	archiveProblems.error('bundle-chart-damaged', {...fault, file}, {location: {file}, error});

/** What is wrong with the archive is wrong with the chart, and carried over with it. */
const ofArchive: ReadonlySet<string> = new Set<ProblemCode>([
	'bundle-archive-truncated',
	'bundle-archive-damaged',
	'bundle-archive-unsafe',
]);

const unpackFailure = (slice: Slice, error: unknown): unknown => {
	if (!(error instanceof ProblemError)) return error;
	const {code} = error.problem;
	if (code === 'bundle-archive-oversized') {
		return notChart(slice, {case: 'large inside', most: formatBytes(most.unpacked)}, error);
	}
	return ofArchive.has(code) ? notChart(slice, {case: 'not unpacked'}, error) : error;
};

const readTexts = async (slice: Slice, {entries}: TarIndex): Promise<ReadonlyMap<string, string>> => {
	const texts = new Map<string, string>();
	for (const [name, {kind, slice: inside}] of entries) {
		const path = inChart(name);
		if (kind !== 'file' || !isWanted(path)) continue;
		if (path === 'Chart.yaml' && inside.size > most.metadata) throw notChart(slice, {case: 'large metadata'});
		if (inside.size <= most.text) texts.set(path, (await readSlice(inside)).toString('utf8'));
	}
	return texts;
};

/**
 * Reads a packed chart. It may lie in a tar, or be compressed once more: nothing is written to disk.
 * @throws ProblemError `bundle-chart-damaged`, `bundle-not-found`, `bundle-unreadable`
 */
export const readChartPackage = async (slice: Slice, signal: AbortSignal): Promise<ChartPackage> => {
	if (slice.size > most.packed) throw notChart(slice, {case: 'large', size: slice.size});
	let files: ReadonlyMap<string, string>;
	try {
		const packed = unpackedOf(slice, 'gzip', most.unpacked);
		files = await readTexts(slice, await indexTar(packed, signal, (name) => isWanted(inChart(name))));
	} catch (error) {
		throw unpackFailure(slice, error);
	}
	const text = files.get('Chart.yaml');
	if (text === undefined) throw notChart(slice, {case: 'no metadata'});
	const chart = parseChartYaml(text);
	if (typeof chart === 'string') throw notChart(slice, {case: chart});
	return {...chart, files, digest: await digestOfSlice(slice, signal)};
};
