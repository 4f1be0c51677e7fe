import {expect, test} from 'vitest';
import {freePort} from '../../rehearsal/servers/index.ts';

test('a port for a server is none that a connection of this host may get before the server has it', async () => {
	const ports = await Promise.all(Array.from({length: 50}, freePort));
	for (const port of ports) {
		expect(port).toBeGreaterThanOrEqual(15_000);
		expect(port).toBeLessThan(32_768);
	}
	expect(new Set(ports).size).toBeGreaterThan(40);
});
