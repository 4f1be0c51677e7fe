import {createHash} from 'node:crypto';
import {type FileHandle, readFile, rename} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {scanSlice} from '../../archive/slice.ts';
import {openNew, sizeOfFile} from '../../base/files.ts';
import {type PartsFile, partName, partsFileSchema} from '../layout/parts-file.ts';
import {writing} from '../write/problems.ts';
import type {TarPlan} from './plan.ts';
import type {TarReader} from './stream.ts';

export type Parts = PartsFile['parts'];
export type PartPlan = {readonly file: string; readonly from: number; readonly to: number};

/** Bytes that were worked on since it was told last. */
type OnBytes = (bytes: number) => void;

export const partsOf = ({name, size}: TarPlan, partSize: number): readonly PartPlan[] =>
	Array.from({length: Math.ceil(size / partSize)}, (_, index) => ({
		file: partName(name, index + 1),
		from: index * partSize,
		to: Math.min(size, (index + 1) * partSize),
	}));

const readJson = async (file: string): Promise<unknown> => {
	try {
		return JSON.parse(await readFile(file, 'utf8'));
	} catch {
		// Not there, or not whole: then nothing is known to be finished.
		return undefined;
	}
};

/** What an interrupted run has finished. The plan stands for the bytes: parts of another one are not taken over. */
const recordSchema = z.object({plan: z.string(), partSize: z.number(), parts: partsFileSchema.shape.parts});

export const recordText = (plan: TarPlan, partSize: number, parts: Parts): string =>
	JSON.stringify({plan: plan.id, partSize, parts});

export const readRecord = async (file: string, plan: TarPlan, partSize: number): Promise<Parts> => {
	const record = recordSchema.safeParse(await readJson(file));
	return record.success && record.data.plan === plan.id && record.data.partSize === partSize ? record.data.parts : [];
};

/** What the list of a finished run names, where it may be about the same tar. It does not say of which files that was made. */
export const readList = async (file: string, {name, size}: TarPlan, partSize: number): Promise<Parts> => {
	const list = partsFileSchema.safeParse(await readJson(file));
	if (!list.success) return [];
	const {data} = list;
	return data.name === name && data.size === size && data.partSize === partSize ? data.parts : [];
};

/** Digest of a part that is there with its right size; `undefined` else. A link is no part. */
export const digestOfPart = async (
	path: string,
	{from, to}: PartPlan,
	onBytes: OnBytes,
	signal: AbortSignal,
): Promise<string | undefined> => {
	const size = to - from;
	if ((await sizeOfFile(path)) !== size) return undefined;
	const hash = createHash('sha256');
	for await (const chunk of scanSlice({file: path, offset: 0, size, label: path})) {
		signal.throwIfAborted();
		hash.update(chunk);
		onBytes(chunk.length);
	}
	return `sha256:${hash.digest('hex')}`;
};

/** Digest that a part will have. @throws as the reader does */
export const digestOfPlan = async (reader: TarReader, {from, to}: PartPlan, onBytes: OnBytes): Promise<string> => {
	const hash = createHash('sha256');
	for await (const chunk of reader.read(from, to)) {
		hash.update(chunk);
		onBytes(chunk.length);
	}
	return `sha256:${hash.digest('hex')}`;
};

const writeAll = async (handle: FileHandle, chunk: Buffer): Promise<void> => {
	for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at, chunk.length - at)).bytesWritten;
};

/** Writes one part whole or not at all. @returns its digest */
export const writePart = async (
	reader: TarReader,
	{file, from, to}: PartPlan,
	out: string,
	onBytes: OnBytes,
): Promise<string> => {
	const target = join(out, file);
	const hash = createHash('sha256');
	await writing(target, async () => {
		const handle = await openNew(`${target}.partial`);
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
