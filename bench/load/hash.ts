/**
 * Hashes files one after the other, as fast as one thread goes: 1 MiB reads, the next one while this one is hashed. After `--unpack`, what
 * is gzip is unpacked too, and what comes out is hashed as well. Prints bytes of the files, milliseconds, and those of the processor.
 */
import {createHash} from 'node:crypto';
import {open} from 'node:fs/promises';
import {finished} from 'node:stream/promises';
import {createGunzip, type Gunzip} from 'node:zlib';

const chunk = 1024 * 1024;
const words = process.argv.slice(2);
const unpacks = words.includes('--unpack');
const files = words.filter((word) => word !== '--unpack');
const before = performance.now();
const cpuBefore = process.cpuUsage();
let bytes = 0;

const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

const unpackAndHash = (): {readonly gunzip: Gunzip; readonly end: Promise<void>} => {
	const gunzip = createGunzip({chunkSize: chunk});
	const hash = createHash('sha256');
	gunzip.on('data', (piece: Buffer) => hash.update(piece));
	return {gunzip, end: finished(gunzip)};
};

for (const file of files) {
	const hash = createHash('sha256');
	const handle = await open(file, 'r');
	let unpacked: ReturnType<typeof unpackAndHash> | undefined;
	// A stream keeps what it was given, so each of its pieces has memory of its own.
	const read = (at: number) => handle.read(Buffer.allocUnsafe(chunk), 0, chunk, at);
	let ahead = read(0);
	for (let at = 0; ; ) {
		const {bytesRead, buffer} = await ahead;
		if (bytesRead === 0) break;
		const piece = buffer.subarray(0, bytesRead);
		if (at === 0 && unpacks && isGzip(piece)) unpacked = unpackAndHash();
		at += bytesRead;
		ahead = read(at);
		hash.update(piece);
		bytes += bytesRead;
		if (unpacked && !unpacked.gunzip.write(piece))
			await new Promise((resolve) => unpacked?.gunzip.once('drain', resolve));
	}
	unpacked?.gunzip.end();
	await unpacked?.end;
	hash.digest();
	await handle.close();
}
const {user, system} = process.cpuUsage(cpuBefore);
process.stdout.write(JSON.stringify({bytes, ms: performance.now() - before, cpuMs: (user + system) / 1000}));
