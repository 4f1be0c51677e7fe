import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createStage} from '../../app/stage.ts';
import {temporary} from '../helpers.ts';
import {indexOf} from '../made.ts';
import {both, run} from './helpers.ts';

test('verify tells what it read, in words and as JSON, and ends with 5 and the file to carry again', async () => {
	const {old} = await both();
	const good = await run('verify', old);
	expect([good.code, good.err]).toEqual([0, '']);
	expect(good.out).toContain(': whole.');
	expect(good.out).toContain('not verified: The bundle is not signed');
	const {charts} = await indexOf(old);
	const chart = charts[0]?.file ?? '';
	const bytes = await readFile(join(old, chart));
	bytes[9] = (bytes[9] ?? 0) ^ 1;
	await writeFile(join(old, chart), bytes);
	const bad = await run('verify', old, '--json');
	expect(bad.code).toBe(5);
	expect(JSON.parse(bad.out)).toMatchObject({whole: false, carryAgain: [{file: chart}]});
	expect(bad.err).toContain(chart);
	expect((await run('verify', join(old, 'nowhere'))).code).toBe(5);
});

test('split tells what to carry and how to go on', async () => {
	const {old} = await both();
	const parts = await temporary();
	const {code, out} = await run('split', old, '--size', '4G', '--out', parts);
	expect(code).toBe(0);
	expect(out).toContain('old.tar.001');
	expect(out).toContain('bundle verify old.tar.parts.json');
	expect((await run('split', old, '--size', '4')).code).toBe(2);
	expect((await run('split', old)).code).toBe(2);
});

test('a command that was stopped says how to go on, and ends with 130', async () => {
	const {old} = await both();
	const stop = new AbortController();
	stop.abort(new Error('it got SIGINT'));
	const stage = await createStage({signal: stop.signal});
	const {code, err} = await stage.run('bundle', 'verify', old);
	await stage.remove();
	expect(code).toBe(130);
	expect(err).toContain('Started again it looks at the world first');
});
