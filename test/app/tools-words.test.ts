import {expect, onTestFinished, test} from 'vitest';
import {progressLines} from '../../source/app/commands/progress.ts';
import {createStage} from './stage.ts';

const run = async (...words: readonly string[]) => {
	const stage = await createStage();
	onTestFinished(stage.remove);
	return stage.run(...words);
};

test.each([
	[['bundle', 'split'], '--size'],
	[['bundle', 'sign'], '--key'],
	[['bundle', 'keygen'], '--out'],
	[['registry', 'inventory'], '--registry'],
])('the help of %j says that %s is required', async (words, option) => {
	const {out} = await run(...words, '--help');
	// The words of an option go on over several lines.
	const [, told = ''] = out.replaceAll(/\s+/gu, ' ').split(` ${option} <`);
	expect(told.split(' --')[0]).toContain('[required]');
	expect(out.match(/\[required\]/gu)?.length).toBeLessThanOrEqual(2);
});

test.each([
	['--control-plane', ['--control-plane', 'latest', '--workspace', '0.95.1']],
	['--workspace', ['--control-plane', '0.13.18', '--workspace', 'latest']],
	['--platform', ['--control-plane', '0.13.18', '--workspace', '0.95.1', '--platform', 'windows']],
])('a value that %s cannot have is refused by the name of the flag', async (flag, words) => {
	const {code, err} = await run('bundle', 'create', ...words, '--dry-run');
	expect(code).toBe(2);
	expect(err.split('\n')[0]?.startsWith(`${flag} `)).toBe(true);
	expect(err).toContain('code:  bundle-spec-value');
	expect(err).not.toMatch(/the command line:|versions\.|platforms\./u);
});

test('a rate that cannot be read is refused by the name of its flag, an answer by that of the answer', async () => {
	const to = ['registry', 'push', '--to', 'registry.example.com/zenml', '--bundle', '/nonexistent'];
	const byFlag = await run(...to, '--bandwidth', '5mb');
	expect(byFlag.code).toBe(2);
	expect(byFlag.err.split('\n')[0]).toMatch(/^--bandwidth must be/u);
	const bySet = await run(...to, '--set', 'registry.bandwidth=5mb');
	expect(bySet.err.split('\n')[0]).toMatch(/^--set registry\.bandwidth must be/u);
});

test('bytes that were there already are no speed', () => {
	let now = 0;
	const told: string[] = [];
	const lines = progressLines({
		err: (text) => void told.push(text),
		clock: {now: () => now} as never,
		stderr: {isTTY: false} as never,
	});
	const mebi = 1024 * 1024;
	lines.move('fetch', 0, 1000 * mebi, 0);
	now = 10_000;
	lines.move('fetch', 800 * mebi, 1000 * mebi, 780 * mebi);
	expect(told).toEqual(['fetch: 800.0 MiB of 1000.0 MiB, 2.0 MiB/s, 1 min 40 s left\n']);
});

test('the speed of a push is its own, not that of the compressing before it', () => {
	let now = 0;
	const told: string[] = [];
	const lines = progressLines({
		err: (text) => void told.push(text),
		clock: {now: () => now} as never,
		stderr: {isTTY: false} as never,
	});
	const mebi = 1024 * 1024;
	lines.move('compress a', 0, 500 * mebi);
	now = 100_000;
	lines.move('push', 0, 1000 * mebi);
	now = 110_000;
	lines.move('push', 200 * mebi, 1000 * mebi);
	expect(told.at(-1)).toBe('push: 200.0 MiB of 1000.0 MiB, 20.0 MiB/s, 40 s left\n');
});
