import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, readdir} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {builtCli} from '../../helpers/built-program.ts';
import {productImages} from '../create/helpers.ts';
import {temporary} from '../helpers.ts';
import {madeBundle} from '../made.ts';

const start = (home: string, words: readonly string[]) =>
	spawn(process.execPath, [builtCli(), ...words], {
		stdio: 'ignore',
		env: {...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache')},
	});

test('kill -9 of split, again and again, ends in the same parts', {timeout: 120_000}, async () => {
	const folder = await madeBundle(productImages(6_000_000));
	const [home, out] = [await temporary(), join(await temporary(), 'out')];
	await mkdir(out);
	const words = ['bundle', 'split', folder, '--size', '2M', '--out', out];
	const finished = async (): Promise<number> => (await readdir(out)).filter((name) => /\.\d{3}$/u.test(name)).length;
	let kills = 0;
	for (let want = 1; want < 12; want += 4) {
		const child = start(home, words);
		const exited = once(child, 'exit');
		while (child.exitCode === null && child.signalCode === null && (await finished()) < want) await delay(5);
		child.kill('SIGKILL');
		await exited;
		if (child.signalCode === 'SIGKILL') kills += 1;
	}
	expect(kills).toBeGreaterThan(0);
	expect(await once(start(home, words), 'exit')).toEqual([0, null]);
	const name = `${basename(folder)}.tar`;
	execFileSync('sha256sum', ['--strict', '--quiet', '-c', `${name}.sha256`], {cwd: out});
	expect((await readdir(out)).filter((file) => !/\.(?:\d{3}|parts\.json|sha256)$/u.test(file))).toEqual([]);
	expect(await once(start(home, ['bundle', 'verify', out]), 'exit')).toEqual([0, null]);
});
