import {execFile} from 'node:child_process';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {countOf, patienceMs} from '../../helpers/mutants.ts';

const main = fileURLToPath(new URL('mutated-main.ts', import.meta.url));
const root = path.resolve(path.dirname(main), '../../..');

/** Read and verified in a process of its own: a crash, a hang or too much memory is seen from outside. */
const runSeeds = async (first: number, count: number) => {
	const {stdout} = await promisify(execFile)(
		process.execPath,
		['--max-old-space-size=256', main, String(first), String(count)],
		{cwd: root, timeout: patienceMs - 20_000, maxBuffer: 1 << 26},
	);
	return JSON.parse(stdout) as {
		readonly outcomes: Readonly<Record<string, number>>;
		readonly failures: readonly string[];
		readonly grown: number;
	};
};

/** To try others: `npx tsx test/bundle/open/mutated-main.ts FIRST-SEED HOW-MANY`. A failure names its seed. */
const usual = 300;
const [first, count] = [1, countOf(usual)];

test(
	'changed archives are read as what they were, or refused by a cause; none crashes, hangs or fills the memory',
	async () => {
		const {outcomes, failures, grown} = await runSeeds(first, count);
		expect(failures).toEqual([]);
		expect(Object.values(outcomes).reduce((sum, value) => sum + value, 0)).toBe(count);
		// The changes reach far enough to meet each kind of refusal, and not all of them hurt.
		for (const code of ['read', 'bundle-archive-damaged', 'bundle-archive-truncated', 'bundle-archive-incomplete']) {
			expect(outcomes[code]).toBeGreaterThan(10);
		}
		for (const code of ['bundle-archive-unsafe', 'bundle-archive-oversized', 'bundle-checksum-mismatch']) {
			expect(outcomes[code]).toBeGreaterThan(0);
		}
		// A bomb unpacks to 320 MiB, and a size that lies claims up to exabytes.
		expect(grown).toBeLessThan(256 * 1024 * 1024);
	},
	patienceMs,
);
