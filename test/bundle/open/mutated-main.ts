import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {ProblemError} from '../../../source/base/problem.ts';
import {readImages} from '../../../source/bundle/images/read-archive.ts';
import {archivesOf} from '../../../source/bundle/layout/archives.ts';
import type {Layout} from '../../../source/bundle/layout/types.ts';
import type {Bundle} from '../../../source/bundle/types.ts';
import {verifyBundle} from '../../../source/bundle/verify/verify.ts';
import {hexOf, sha256Of} from '../../../source/oci/digest.ts';
import type {Image} from '../../../source/oci/image.ts';
import {configOf, hex, layer} from '../helpers.ts';
import {mutate} from './mutations.ts';

/**
 * Reads and verifies archives that were changed as their seeds say, in a process of its own, whose memory is measured.
 * Arguments: the first seed and how many. Prints one line of JSON; what may not be is in `failures`, with its seed.
 */
const [first = 1, count = 100] = process.argv.slice(2).map(Number);
const never = new AbortController().signal;

const contentOf = async (blob: Bundle['images'][number]['blobs'][number]): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	for await (const chunk of blob.open()) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
};

/** Nothing but images: there is no chart to be verified. */
const bundleOf = (images: readonly Image[]): Bundle => {
	const chart = {name: '', version: '', annotations: {}, path: '/none', digest: ''};
	const manifest = {images: [], charts: [], registries: [], checksums: new Map()};
	return {directory: '/', manifest, images, controlPlaneChart: chart, workspaceChart: chart, digest: '', warnings: []};
};

const main = async (): Promise<void> => {
	const directory = await mkdtemp(join(tmpdir(), 'zenml-airgap-test-'));
	const layers = [await layer('base'), await layer('api')];
	const config = configOf({reference: '', layers});
	const doubled = configOf({reference: '', layers: [...layers, ...layers.slice(0, 1)]});
	const parts = [config, doubled, ...layers, ...layers.map((bytes) => gzipSync(bytes))];
	const known = new Set(parts.map((bytes) => hex(bytes)));
	const outcomes = new Map<string, number>();
	const failures: string[] = [];
	let [grown, longest] = [0, 0];
	const settled = process.memoryUsage.rss();
	/** What got through is what it says it is: each blob has its digest, and nothing but the image's own parts is in it. */
	const faultsOf = async (images: readonly Image[]): Promise<readonly string[]> => {
		const faults: string[] = [];
		for (const blob of images.flatMap(({blobs}) => blobs)) {
			if (sha256Of(await contentOf(blob)) !== blob.digest) faults.push('a blob with other bytes');
			if (!known.has(hexOf(blob.digest))) faults.push(`${blob.digest} was not in the original`);
		}
		return faults;
	};
	const readAll = async (name: string, bytes: Buffer): Promise<readonly string[]> => {
		const file = join(directory, 'archive');
		await writeFile(file, bytes);
		const files = new Map([[name, {file, offset: 0, size: bytes.length, label: name}]]);
		const layout: Layout = {path: directory, packed: false, files};
		const images: Image[] = [];
		for (const tree of await archivesOf(layout, never)) images.push(...(await readImages(tree, never)).images);
		await verifyBundle(layout, bundleOf(images), {signal: never, onProgress: () => {}, threads: 1});
		return faultsOf(images);
	};
	/** A refusal has a way out; anything else that is thrown is a fault of this program. */
	const faultsOfError = (error: unknown): readonly string[] => {
		if (!(error instanceof ProblemError) || error.problem.area !== 'bundle') {
			return [error instanceof Error ? String(error.stack) : String(error)];
		}
		const {code, cause, fix} = error.problem;
		return fix === '' || cause === '' ? [`no way out of ${code}`] : [];
	};
	const one = async (seed: number): Promise<string> => {
		const {what, name, bytes} = await mutate(seed, layers);
		const before = performance.now();
		let outcome = 'read';
		const faults = await readAll(name, bytes).catch((error: unknown) => {
			outcome = error instanceof ProblemError ? error.problem.code : 'error';
			return faultsOfError(error);
		});
		failures.push(...faults.map((fault) => `${seed} (${what}): ${fault}`));
		longest = Math.max(longest, performance.now() - before);
		grown = Math.max(grown, process.memoryUsage.rss() - settled);
		return outcome;
	};
	try {
		for (let seed = first; seed < first + count; seed++) {
			const outcome = await one(seed);
			outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
		}
	} finally {
		await rm(directory, {recursive: true, force: true});
	}
	process.stdout.write(
		`${JSON.stringify({outcomes: Object.fromEntries(outcomes), failures, grown, longest: Math.round(longest)})}\n`,
	);
};

await main();
