import {readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {leaseSeconds} from '../../../source/app/run/lease.ts';

test('the documents say how long the Lease of a host that is gone lasts', async () => {
	const text = await readFile(new URL('../../../docs/install.md', import.meta.url), 'utf8');
	const told = /Lease of a host that is gone runs out after (\d+) s/u.exec(text.replaceAll(/\s+/gu, ' '))?.[1];
	expect(Number(told)).toBe(leaseSeconds);
});
