import {expect, test} from 'vitest';
import {archiveBlob, isArchiveBlob} from '../../source/archive/blob.ts';
import {sha256Of} from '../../source/oci/digest.ts';
import {contentOf, sliceOf} from './helpers.ts';

const bytes = Buffer.from(Array.from({length: 2_500_000}, (_, index) => (index * 13) % 249));

test('a blob gives its bytes from any offset, as a stream and in chunks, and knows where they lie', async () => {
	const slice = await sliceOf(Buffer.concat([Buffer.from('before'), bytes]));
	const inside = {...slice, offset: 6, size: bytes.length};
	const descriptor = {mediaType: 'a/b', digest: sha256Of(bytes), size: bytes.length};
	const blob = archiveBlob({...descriptor, ...{annotations: {}}}, inside);
	expect(blob).toEqual({...descriptor, slice: inside, open: expect.any(Function), scan: expect.any(Function)});
	for (const offset of [0, 1, 1_048_576, bytes.length]) {
		expect((await contentOf(blob.open(offset))).equals(bytes.subarray(offset))).toBe(true);
		expect((await contentOf(blob.scan?.(offset) ?? [])).equals(bytes.subarray(offset))).toBe(true);
	}
	expect((await contentOf(blob.open())).length).toBe(bytes.length);
});

test('a blob that lies nowhere here is told apart', () => {
	const open = (): never => {
		throw new Error('It was left out.');
	};
	expect(isArchiveBlob({mediaType: 'a/b', digest: '', size: 0, omitted: true, open})).toBe(false);
});
