import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {fetchBlobs} from '../../../source/bundle/create/fetch/fetch.ts';
import {fetchBlob} from '../../../source/bundle/create/fetch/fetch-blob.ts';
import type {PlannedBlob} from '../../../source/bundle/create/types.ts';
import {never, noise, sha256, temporary} from './helpers.ts';

const bytes = noise('a blob', 3_000_000);

/** A blob, and the bytes from which it was asked for. */
const blobOf = (content: Buffer = bytes): PlannedBlob & {readonly asked: number[]} => {
	const asked: number[] = [];
	return {
		mediaType: 'layer',
		digest: sha256(content),
		size: content.length,
		image: 'zenml:0.95.1',
		asked,
		read: async function* (from) {
			asked.push(from);
			for (let at = from; at < content.length; at += 700_000) yield content.subarray(at, at + 700_000);
		},
	};
};

/** Fetches a blob where something lies already. */
const fetch = async (there: {readonly file?: Buffer; readonly part?: Buffer}) => {
	const blob = blobOf();
	const file = join(await temporary(), 'blob');
	if (there.file) await writeFile(file, there.file);
	if (there.part) await writeFile(`${file}.part`, there.part);
	let [kept, fetched] = [0, 0];
	const onBytes = (told: {readonly kept: number; readonly fetched: number}) => {
		kept += told.kept;
		fetched += told.fetched;
	};
	const outcome = await fetchBlob(blob, file, {signal: never, onBytes});
	expect((await readFile(file)).equals(bytes)).toBe(true);
	await expect(readFile(`${file}.part`)).rejects.toThrow('ENOENT');
	return {outcome, asked: blob.asked, kept, fetched};
};

test('what is not there is fetched from its first byte', async () => {
	expect(await fetch({})).toEqual({outcome: {state: 'fetched', from: 0}, asked: [0], kept: 0, fetched: bytes.length});
});

test('what is there is read and left', async () => {
	const outcome = {state: 'present', from: 0};
	expect(await fetch({file: bytes})).toEqual({outcome, asked: [], kept: bytes.length, fetched: 0});
	expect(await fetch({file: bytes, part: Buffer.from('x')})).toMatchObject({outcome, asked: []});
});

test('a file of the right size with other bytes is fetched, and its bytes count for nothing', async () => {
	const torn = Buffer.from(bytes);
	torn[9] = (torn[9] ?? 0) ^ 1;
	expect(await fetch({file: torn})).toEqual({
		outcome: {state: 'fetched', from: 0},
		asked: [0],
		kept: 0,
		fetched: bytes.length,
	});
});

test('a beginning is gone on with; one that is torn, or longer than the blob, is thrown away', async () => {
	expect(await fetch({part: bytes.subarray(0, 1_000_000)})).toEqual({
		outcome: {state: 'fetched', from: 1_000_000},
		asked: [1_000_000],
		kept: 1_000_000,
		fetched: 2_000_000,
	});
	expect(await fetch({part: Buffer.alloc(1_000_000, 7)})).toEqual({
		outcome: {state: 'fetched', from: 0},
		asked: [1_000_000, 0],
		kept: 0,
		fetched: bytes.length,
	});
	expect((await fetch({part: Buffer.concat([bytes, bytes])})).asked).toEqual([0]);
});

test('a whole part needs no byte more', async () => {
	expect(await fetch({part: bytes})).toEqual({
		outcome: {state: 'fetched', from: bytes.length},
		asked: [],
		kept: bytes.length,
		fetched: 0,
	});
});

test('whatever breaks after a stop is told as the stop', async () => {
	const stop = new AbortController();
	const blob: PlannedBlob = {
		...blobOf(),
		read: async function* () {
			yield bytes.subarray(0, 10);
			stop.abort(new Error('stopped'));
			throw new Error('the line broke');
		},
	};
	const options = {signal: stop.signal, onBytes: () => undefined};
	await expect(fetchBlob(blob, join(await temporary(), 'blob'), options)).rejects.toThrow('stopped');
});

test('the first failure ends the others, and the largest blobs come first', async () => {
	const folder = await temporary();
	const order: number[] = [];
	const jobs = [10, 30, 20].map((size) => {
		const blob = blobOf(noise(String(size), size));
		return {
			file: join(folder, String(size)),
			blob: {
				...blob,
				read: (from: number, signal: AbortSignal) => {
					order.push(size);
					if (size === 20) throw new Error('the line broke');
					return blob.read(from, signal);
				},
			},
		};
	});
	const quiet = {concurrency: 1, signal: never, onBlob: () => undefined, onBytes: () => undefined};
	await expect(fetchBlobs(jobs, quiet)).rejects.toThrow('the line broke');
	expect(order).toEqual([30, 20]);
});
