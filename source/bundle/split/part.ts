import {createHash} from 'node:crypto';
import {join} from 'node:path';
import * as z from 'zod';
import {digestOfSlice} from '../../archive/digest.ts';
import {sizeOfFile} from '../../base/files.ts';
import {digestOfHash} from '../../oci/digest.ts';
import {type PartsFile, partName, partsFileSchema} from '../layout/parts-file.ts';
import {hashed, writeBundleFile} from '../write/files.ts';
import {readJsonFile} from '../write/json.ts';
import type {TarPlan} from './plan.ts';
import type {TarReader} from './stream.ts';

export type Parts = PartsFile['parts'];
/** A part to be: bytes `from` to `to` (exclusive) of the tar. */
export type PartPlan = {readonly file: string; readonly from: number; readonly to: number};

/** Bytes that were worked on since it was told last. */
type OnBytes = (bytes: number) => void;

/** What a part is called while it is written, behind its name. */
export const brokenSuffix = '.partial';

export const partsOf = ({name, size}: TarPlan, partSize: number): readonly PartPlan[] =>
	Array.from({length: Math.ceil(size / partSize)}, (_, index) => ({
		file: partName(name, index + 1),
		from: index * partSize,
		to: Math.min(size, (index + 1) * partSize),
	}));

/** What an interrupted run has finished. The plan stands for the bytes: parts of another one are not taken over. */
const recordSchema = z.object({plan: z.string(), partSize: z.number(), parts: partsFileSchema.shape.parts});

export const recordText = (plan: TarPlan, partSize: number, parts: Parts): string =>
	JSON.stringify({plan: plan.id, partSize, parts});

export const readRecord = async (file: string, plan: TarPlan, partSize: number): Promise<Parts> => {
	const record = recordSchema.safeParse(await readJsonFile(file));
	return record.success && record.data.plan === plan.id && record.data.partSize === partSize ? record.data.parts : [];
};

/** What the list of a finished run names, where it may be about the same tar. It does not say of which files that was made. */
export const readList = async (file: string, {name, size}: TarPlan, partSize: number): Promise<Parts> => {
	const list = partsFileSchema.safeParse(await readJsonFile(file));
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
	let before = 0;
	return digestOfSlice({file: path, offset: 0, size, label: path}, signal, (done) => {
		onBytes(done - before);
		before = done;
	});
};

/** Digest that a part will have. @throws as the reader does */
export const digestOfPlan = async (reader: TarReader, {from, to}: PartPlan, onBytes: OnBytes): Promise<string> => {
	const hash = createHash('sha256');
	for await (const chunk of reader.read(from, to)) {
		hash.update(chunk);
		onBytes(chunk.length);
	}
	return digestOfHash(hash);
};

/** Writes one part whole or not at all. @returns its digest */
export const writePart = async (
	reader: TarReader,
	{file, from, to}: PartPlan,
	out: string,
	onBytes: OnBytes,
): Promise<string> => {
	let digest = '';
	const onEnd = (hash: string): void => {
		digest = hash;
	};
	const target = join(out, file);
	await writeBundleFile(target, hashed(reader.read(from, to), {onBytes, onEnd}), {
		temporary: `${target}${brokenSuffix}`,
	});
	return digest;
};
