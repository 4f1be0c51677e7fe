import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {writeBundle} from '../../source/bundle/create/create.ts';
import {planBundle} from '../../source/bundle/create/plan.ts';
import {type BundleIndex, bundleIndexSchema} from '../../source/bundle/layout/index-file.ts';
import {openLayout} from '../../source/bundle/layout/layout.ts';
import {openBundle} from '../../source/bundle/open/bundle.ts';
import {type Inspection, inspectPath} from '../../source/bundle/open/inspect.ts';
import type {Memo} from '../../source/bundle/verify/memo.ts';
import type {Image} from '../../source/oci/image.ts';
import {chartsIn, plainSource, productImages, quietCharts, specOf, vendorRegistry} from './create/helpers.ts';
import {hex, never, temporary} from './helpers.ts';

/** A bundle that `bundle create` made out of a registry. @returns its folder */
export const madeBundle = async (
	images: readonly Image[] = productImages(20_000),
	name = 'zenml-air-gapped-bundle',
): Promise<string> => {
	const charts = await temporary();
	await chartsIn(charts);
	const registry = await vendorRegistry(images);
	const folder = join(await temporary(), name);
	const plan = await planBundle({
		spec: specOf(registry.host, charts),
		from: [],
		source: plainSource(),
		charts: quietCharts(),
		tools: async () => ({tools: [], papers: [], notes: []}),
		onLook: () => undefined,
		signal: never,
	});
	await writeBundle(plan, {
		folder,
		madeBy: 'zenml-airgap 0.0.0-test',
		concurrency: 3,
		freeBytes: async () => 1e12,
		onNote: () => undefined,
		onBlob: () => undefined,
		onBytes: () => undefined,
		signal: never,
	});
	return folder;
};

export const indexOf = async (folder: string): Promise<BundleIndex> =>
	bundleIndexSchema.parse(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));

/** Writes `bundle.json` anew, with the checksum that `SHA256SUMS` then has of it. */
export const rewriteIndex = async (folder: string, change: (index: Record<string, unknown>) => void): Promise<void> => {
	const index = JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8'));
	change(index);
	const text = JSON.stringify(index);
	await writeFile(join(folder, 'bundle.json'), text);
	const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8');
	await writeFile(join(folder, 'SHA256SUMS'), sums.replace(/^[0-9a-f]{64}(?= {2}bundle\.json$)/mu, hex(text)));
};

export const inspect = async (
	path: string,
	more: {readonly memo?: Memo; readonly threads?: number; readonly now?: () => number} = {},
): Promise<Inspection> =>
	inspectPath(path, {signal: never, onProgress: () => undefined, workDirectory: temporary, ...more});

/** A bundle opened for work on it. */
export const openAt = async (path: string) => {
	const layout = await openLayout(path, never);
	return {layout, bundle: await openBundle(layout, temporary, {signature: {mode: 'off'}, platform: undefined}, never)};
};
