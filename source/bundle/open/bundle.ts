import {mkdtemp, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {stampOf} from '../../archive/identity.ts';
import {filesOf} from '../../archive/range.ts';
import {type CompressOptions, compressImage} from '../images/compress.ts';
import {openLayout} from '../layout/layout.ts';
import type {Layout} from '../layout/types.ts';
import type {SignatureRequest} from '../signature/check.ts';
import type {Bundle, BundlePort} from '../types.ts';
import {openMemo} from '../verify/memo.ts';
import {verifyBundle} from '../verify/verify.ts';
import {isDamage} from './carry-again.ts';
import {inspectPath, requireWhole} from './inspect.ts';
import {openBundle} from './open-bundle.ts';
import {packedHelm} from './packed-helm.ts';
import {readPapers} from './papers.ts';

export {openBundle} from './open-bundle.ts';

/** Changes when any file of the bundle is replaced, and when one comes into its folder. */
const stampOfLayout = async ({path, files}: Layout): Promise<string> => {
	const folder = await stat(path).catch(() => undefined);
	return `${folder?.mtimeMs} ${await stampOf(new Set([...files.values()].flatMap(filesOf)))}`;
};

export type BundleOptions = {
	/** Folder, tar file (also compressed with gzip or zstd), or the list of the parts of one. */
	readonly path: string;
	/** Where charts of a tar go; by default a new folder in the system's temporary folder. */
	readonly workDirectory?: string | undefined;
	/** Which platform of each image is taken, such as `linux/arm64`, or `all`; by default amd64 where there is one, else what there is. */
	readonly platform?: string | undefined;
	/** How `compressed` compresses raw layers, and where it keeps them; absent, it gives images back. */
	readonly compress?: Pick<CompressOptions, 'algorithm' | 'folder'> | undefined;
	/** Where is kept what was verified; absent, every verification reads all. */
	readonly memoFile?: string | undefined;
	/** What is asked of its signature; by default nothing. */
	readonly signature?: SignatureRequest | undefined;
};

/** A folder that is there when it is first asked for. */
const folderFor = (given: string | undefined): (() => Promise<string>) => {
	let made: Promise<string> | undefined;
	return () => {
		if (given !== undefined) return Promise.resolve(given);
		made ??= mkdtemp(join(tmpdir(), 'zenml-airgap-charts-'));
		return made;
	};
};

/** A bundle that is open, and what its files were then. */
type Kept = {readonly layout: Layout; readonly bundle: Bundle; readonly stamp: string};

/**
 * The bundle that crossed the gap: a folder in the layout of the vendor's air-gap guide (step 1.3), or a tar of it.
 * Archives are read in place by offset; of a tar only the charts are copied out, because Helm needs files.
 */
export const createBundlePort = (options: BundleOptions): BundlePort => {
	const {path, platform, compress, memoFile, signature = {mode: 'off'}} = options;
	const workDirectory = folderFor(options.workDirectory);
	let kept: Kept | undefined;
	const load = async (signal: AbortSignal): Promise<Kept> => {
		// A file that was carried in again meanwhile has other offsets.
		if (kept && kept.stamp === (await stampOfLayout(kept.layout))) return kept;
		const layout = await openLayout(path, signal);
		const stamp = await stampOfLayout(layout);
		kept = {layout, bundle: await openBundle(layout, workDirectory, {signature, platform}, signal), stamp};
		return kept;
	};
	return {
		open: async (signal) => (await load(signal)).bundle,
		compressed: async (image, more) => (compress ? compressImage(image, {...compress, ...more}) : image),
		helm: async (signal) => {
			const {layout, bundle} = await load(signal);
			return packedHelm(bundle, layout);
		},
		papers: async (signal) => readPapers((await load(signal)).layout, signal),
		dropCompressed: async () => {
			if (compress) await rm(compress.folder, {recursive: true, force: true});
		},
		verify: async ({signal, onProgress}) => {
			const memo = memoFile === undefined ? undefined : await openMemo(memoFile);
			const {layout, bundle} = await load(signal).catch(async (error: unknown) => {
				// What else was lost on the way is told with it: each trip over the gap may take days.
				if (isDamage(error))
					requireWhole(await inspectPath(path, {signal, onProgress, memo, workDirectory, signature}));
				throw error;
			});
			return verifyBundle(layout, bundle, {signal, onProgress, memo});
		},
	};
};
