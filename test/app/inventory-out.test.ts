import {execFileSync} from 'node:child_process';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createStage} from './stage.ts';

test('registry inventory puts no file in the place of a pipe or a folder, and asks nobody before it has said so', async () => {
	const stage = await createStage();
	try {
		const pipe = path.join(stage.folder, 'pipe');
		execFileSync('mkfifo', [pipe]);
		for (const [out, cause] of [
			[pipe, 'a device or a pipe'],
			[stage.folder, 'a folder'],
		] as const) {
			// Nothing listens on port 1: an attempt to ask would be another refusal.
			const refused = await stage.run('registry', 'inventory', '--registry', '127.0.0.1:1', '--out', out);
			expect(refused.code).toBe(2);
			expect(refused.err).toContain(cause);
			expect(refused.err).toContain('inventory-unwritable');
		}
	} finally {
		await stage.remove();
	}
});
