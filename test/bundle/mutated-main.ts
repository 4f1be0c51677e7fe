import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {ProblemError} from '../../source/base/problem.ts';
import {readImages} from '../../source/bundle/images/read-archive.ts';
import {archivesOf} from '../../source/bundle/layout/archives.ts';
import type {Layout} from '../../source/bundle/layout/layout.ts';
import type {Bundle} from '../../source/bundle/types.ts';
import {verifyBundle} from '../../source/bundle/verify/verify.ts';
import type {Image} from '../../source/oci/image.ts';
import {configOf, hex, layer} from './helpers.ts';
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
	const one = async (seed: number): Promise<string> => {
		const {what, name, bytes} = await mutate(seed, layers);
		const file = join(directory, 'archive');
		await writeFile(file, bytes);
		const layout: Layout = {
			path: directory,
			packed: false,
			files: new Map([[name, {file, offset: 0, size: bytes.length, label: name}]]),
		};
		const before = performance.now();
		try {
			const images = [];
			for (const tree of await archivesOf(layout, never)) images.push(...(await readImages(tree, never)));
			await verifyBundle(layout, bundleOf(images), {signal: never, onProgress: () => {}, threads: 1});
			// What got through is what it says it is: each blob has its digest, and nothing but the image's own parts is in it.
			for (const blob of images.flatMap((image) => image.blobs)) {
				const content = await contentOf(blob);
				if (`sha256:${hex(content)}` !== blob.digest) failures.push(`${seed} (${what}): a blob with other bytes`);
			}
			const own = images.flatMap((image) => image.blobs).map(({digest}) => digest.slice(7));
			const strange = own.filter((digest) => !known.has(digest));
			if (strange.length > 0) failures.push(`${seed} (${what}): ${strange.length} blobs that were not in the original`);
			return 'read';
		} catch (error) {
			if (!(error instanceof ProblemError) || error.problem.area !== 'bundle') {
				failures.push(`${seed} (${what}): ${error instanceof Error ? error.stack : String(error)}`);
			} else if (error.problem.fix === '' || error.problem.cause === '') {
				failures.push(`${seed} (${what}): no way out of ${error.problem.code}`);
			}
			return error instanceof ProblemError ? error.problem.code : 'error';
		} finally {
			longest = Math.max(longest, performance.now() - before);
			grown = Math.max(grown, process.memoryUsage.rss() - settled);
		}
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
