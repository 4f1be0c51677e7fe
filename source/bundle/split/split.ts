import {createHash} from 'node:crypto';
import {type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, statfs} from 'node:fs/promises';
import {join, relative, sep} from 'node:path';
import {z} from 'zod';
import {writeWhole} from '../create/folder.ts';
import {diskFull, writing} from '../create/problems.ts';
import type {Layout} from '../layout.ts';
import {type PartsFile, partName, partsFileSchema, partsFileSuffix} from '../parts-file.ts';
import {partsFileText, partsSumsText, sumsSuffix} from '../parts-text.ts';
import {bundleProblem} from '../problems.ts';
import {scanSlice} from '../slice.ts';
import type {Bundle, VerifyProgress} from '../types.ts';
import {planTar, type TarPlan} from './plan.ts';
import {createTarReader, type TarReader} from './stream.ts';

type Parts = PartsFile['parts'];
type PartPlan = {readonly file: string; readonly from: number; readonly to: number};

/** What an interrupted run has finished. The plan stands for the bytes: parts of another one are not taken over. */
const recordSchema = z.object({plan: z.string(), partSize: z.number(), parts: partsFileSchema.shape.parts});

const readRecord = async (file: string, plan: TarPlan, partSize: number): Promise<Parts> => {
	const text = await readFile(file, 'utf8').catch(() => '');
	try {
		const record = recordSchema.safeParse(JSON.parse(text));
		return record.success && record.data.plan === plan.id && record.data.partSize === partSize ? record.data.parts : [];
	} catch {
		// Not there, or not whole: then nothing is known to be finished.
		return [];
	}
};

const partsOf = ({name, size}: TarPlan, partSize: number): readonly PartPlan[] =>
	Array.from({length: Math.ceil(size / partSize)}, (_, index) => ({
		file: partName(name, index + 1),
		from: index * partSize,
		to: Math.min(size, (index + 1) * partSize),
	}));

/** Parts of another splitting would be taken for parts of this one by `cat NAME.tar.*`. */
const refuseStrangers = async (out: string, name: string, parts: readonly PartPlan[]): Promise<void> => {
	const known = new Set(parts.map(({file}) => file));
	const numbered = (file: string) => file.startsWith(`${name}.`) && /^\d{3,}$/u.test(file.slice(name.length + 1));
	const strange = (await readdir(out)).filter((file) => numbered(file) && !known.has(file)).sort();
	if (strange.length === 0) return;
	throw bundleProblem({
		code: 'bundle-split-left-over',
		message: `${out} holds parts of another splitting: ${strange.slice(0, 10).join(', ')}${strange.length > 10 ? ` and ${strange.length - 10} more` : ''}.`,
		cause: `This one ends with ${parts.at(-1)?.file}; the bundle or the size of the parts was another then.`,
		fix: 'Remove them, or name another folder with --out.',
		nextSteps: strange.slice(0, 10).map((file) => `rm ${join(out, file)}`),
	});
};

const digestOfFile = async (path: string, size: number, onBytes: (bytes: number) => void, signal: AbortSignal) => {
	const hash = createHash('sha256');
	for await (const chunk of scanSlice({file: path, offset: 0, size, label: path})) {
		signal.throwIfAborted();
		hash.update(chunk);
		onBytes(chunk.length);
	}
	return `sha256:${hash.digest('hex')}`;
};

const writeAll = async (handle: FileHandle, chunk: Buffer): Promise<void> => {
	for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at, chunk.length - at)).bytesWritten;
};

/** Writes one part whole or not at all. @returns its digest */
const writePart = async (
	reader: TarReader,
	{file, from, to}: PartPlan,
	out: string,
	onBytes: (bytes: number) => void,
): Promise<string> => {
	const target = join(out, file);
	const hash = createHash('sha256');
	await writing(target, async () => {
		const handle = await open(`${target}.partial`, 'w', 0o644);
		try {
			for await (const chunk of reader.read(from, to)) {
				hash.update(chunk);
				await writeAll(handle, chunk);
				onBytes(chunk.length);
			}
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(`${target}.partial`, target);
	});
	return `sha256:${hash.digest('hex')}`;
};

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

const requireRoom = async (out: string, parts: readonly PartPlan[], finished: Parts): Promise<void> => {
	const kept = new Set(finished.map(({file}) => file));
	let needed = 0;
	for (const {file, from, to} of parts) {
		if (kept.has(file)) continue;
		const there = await stat(join(out, `${file}.partial`)).catch(() => undefined);
		needed += to - from - (there?.size ?? 0);
	}
	const {bavail, bsize} = await statfs(out);
	const free = bavail * bsize;
	if (needed > free) throw diskFull(out, {needs: mebibytes(needed), has: mebibytes(free)});
};

/**
 * Writes a bundle as the parts of a tar: `NAME.tar.001` and so on, `NAME.tar.parts.json`, `NAME.tar.sha256`. No whole tar is
 * written in between, every file with a checksum is compared with it on the way, and parts that an interrupted run finished
 * are read, compared and kept.
 * @param options.out an absolute folder, made when absent @param options.partSize bytes
 * @returns the list of parts; `kept` counts those of an earlier run
 * @throws ProblemError `bundle-checksum-mismatch`, `bundle-split-compressed`, `bundle-split-left-over`, `bundle-split-inside`,
 * `bundle-create-disk-full`, `bundle-create-unwritable`
 */
export const splitBundle = async (
	layout: Layout,
	bundle: Bundle,
	options: {
		readonly out: string;
		readonly partSize: number;
		readonly signal: AbortSignal;
		readonly onProgress: VerifyProgress;
	},
): Promise<{readonly list: PartsFile; readonly kept: number}> => {
	const {out, partSize, signal, onProgress} = options;
	const inside = relative(layout.path, out);
	if (!layout.packed && inside !== '..' && !inside.startsWith(`..${sep}`)) {
		throw bundleProblem({
			code: 'bundle-split-inside',
			message: `${out} lies within the bundle.`,
			cause: 'The parts would be files of the bundle, which it must not hold.',
			fix: 'Name a folder outside the bundle with --out.',
		});
	}
	const plan = await planTar(layout, bundle);
	const parts = partsOf(plan, partSize);
	const listFile = join(out, `${plan.name}${partsFileSuffix}`);
	const recordFile = `${listFile}.partial`;
	await writing(out, () => mkdir(out, {recursive: true}));
	await refuseStrangers(out, plan.name, parts);
	const recorded = await readRecord(recordFile, plan, partSize);
	await requireRoom(out, parts, recorded);
	// Lists of an earlier splitting must not speak of parts that are being replaced.
	await writing(out, async () => {
		for (const file of [listFile, join(out, `${plan.name}${sumsSuffix}`)]) await rm(file, {force: true});
	});
	const reader = createTarReader(plan, signal);
	const done: Array<Parts[number]> = [];
	let kept = 0;
	let bytes = 0;
	for (const part of parts) {
		const start = bytes;
		const onBytes = (more: number): void => {
			bytes += more;
			onProgress({file: part.file, done: bytes, total: plan.size});
		};
		const path = join(out, part.file);
		const size = part.to - part.from;
		const before = recorded.find(({file}) => file === part.file);
		const there = before && (await stat(path).catch(() => undefined));
		const right = there?.size === size && (await digestOfFile(path, size, onBytes, signal)) === before?.digest;
		bytes = right ? bytes : start;
		if (right) kept += 1;
		const digest = right && before ? before.digest : await writePart(reader, part, out, onBytes);
		done.push({file: part.file, size, digest});
		const record = JSON.stringify({plan: plan.id, partSize, parts: done});
		await writeWhole(recordFile, record);
	}
	const list: PartsFile = {
		formatVersion: 1,
		name: plan.name,
		size: plan.size,
		partSize,
		parts: done,
		bundle: bundle.digest,
	};
	await writeWhole(join(out, `${plan.name}${sumsSuffix}`), partsSumsText(list));
	await writeWhole(listFile, partsFileText(list));
	await writing(out, () => rm(recordFile, {force: true}));
	return {list, kept};
};
