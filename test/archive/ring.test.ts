import {randomBytes} from 'node:crypto';
import {truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, test, vi} from 'vitest';
import {ringSlice} from '../../source/archive/slice.ts';
import {scanChunks} from '../../source/oci/descriptor.ts';
import {problemOf, temporary} from '../bundle/helpers.ts';

const chunkBytes = scanChunks.bytes;
const bytes = randomBytes(8 * chunkBytes + 12_345);

const sliceOf = async (content = bytes) => {
	const file = path.join(await temporary(), 'layer');
	await writeFile(file, content);
	return {file, label: 'layer', offset: 0, size: content.length};
};

const next = async (chunks: AsyncIterator<Buffer>): Promise<Buffer> => {
	const {value, done} = await chunks.next();
	if (done) throw new Error('There are no more chunks.');
	return value;
};

describe('the chunks of a scan', () => {
	test.each([0, 1, chunkBytes, 3_000_001, bytes.length - 1, bytes.length])(
		'are the bytes from %i on, each full but the last',
		async (from) => {
			const copies: Buffer[] = [];
			for await (const chunk of ringSlice(await sliceOf(), from)) copies.push(Buffer.from(chunk));
			expect(Buffer.concat(copies).equals(bytes.subarray(from))).toBe(true);
			expect(copies.slice(0, -1).every(({length}) => length === chunkBytes)).toBe(true);
		},
	);

	test('stay as they are while the reader holds as many as it may, and no longer', async () => {
		const chunks = ringSlice(await sliceOf(), 0);
		const first = await next(chunks);
		const copy = Buffer.from(first);
		for (let further = 1; further < scanChunks.held; further++) {
			await next(chunks);
			// What is read ahead meanwhile has its time to go wrong.
			await new Promise((turn) => setTimeout(turn, 50));
			expect(first.equals(copy)).toBe(true);
		}
		await next(chunks);
		await vi.waitFor(() => expect(first.equals(copy)).toBe(false), {timeout: 10_000});
		await chunks.return(undefined);
	});

	test('of a file that ends too early are refused by its name', async () => {
		const slice = await sliceOf();
		await truncate(slice.file, 2 * chunkBytes + 5);
		const reading = (async () => {
			for await (const _chunk of ringSlice(slice, 0));
		})();
		expect(await problemOf(reading)).toMatchObject({
			code: 'bundle-archive-truncated',
			message: 'layer is cut short.',
			cause: `The file ends at byte ${2 * chunkBytes + 5} of ${bytes.length}.`,
			location: {file: 'layer'},
		});
	});
});
