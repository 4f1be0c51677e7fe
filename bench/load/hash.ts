/** Hashes files one after the other, as fast as one thread goes: 1 MiB reads, the next one while this one is hashed. Prints bytes, milliseconds, and those of the processor. */
import {createHash} from 'node:crypto';
import {open} from 'node:fs/promises';

const chunk = 1024 * 1024;
const before = performance.now();
const cpuBefore = process.cpuUsage();
let bytes = 0;
for (const file of process.argv.slice(2)) {
	const hash = createHash('sha256');
	const handle = await open(file, 'r');
	const buffers = [Buffer.alloc(chunk), Buffer.alloc(chunk)] as const;
	let ahead = handle.read(buffers[0], 0, chunk, 0);
	for (let turn = 1, at = 0; ; turn++) {
		const {bytesRead, buffer} = await ahead;
		if (bytesRead === 0) break;
		at += bytesRead;
		ahead = handle.read(buffers[turn % 2 === 0 ? 0 : 1], 0, chunk, at);
		hash.update(buffer.subarray(0, bytesRead));
		bytes += bytesRead;
	}
	hash.digest();
	await handle.close();
}
const {user, system} = process.cpuUsage(cpuBefore);
process.stdout.write(JSON.stringify({bytes, ms: performance.now() - before, cpuMs: (user + system) / 1000}));
