import {expect, onTestFinished, test} from 'vitest';
import {scanChunks} from '../../source/oci/descriptor.ts';
import {createTransport, defaultTimeouts} from '../../source/registry/transport.ts';
import {holdingServer, never, ringBody} from '../http/support.ts';

test('a blob arrives whole though the memory of its chunks is used again as soon as the ring of buffers may', async () => {
	const {call, close} = createTransport({sockets: 1, timeouts: defaultTimeouts});
	onTestFinished(close);
	const {url, take} = await holdingServer();
	const ring = ringBody(64, scanChunks.held, scanChunks.bytes);
	const context = {registry: url.host, what: 'push'};
	const sending = call({method: 'PUT', url, body: ring.body, signal: never, context});
	expect(await ring.untilFull()).toBeLessThan(63);
	take();
	expect((await sending).body.toString()).toBe(ring.digest());
	expect(ring.most()).toBe((scanChunks.held - 1) * scanChunks.bytes);
});
