import {readFile, rename, rm, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {openMemo} from '../../../source/bundle/verify/memo.ts';
import {productImages} from '../create/helpers.ts';
import {problemOf, temporary} from '../helpers.ts';
import {inspect, madeBundle} from '../made.ts';
import {flip, later, splitAt} from './helpers.ts';

const site = async () => {
	const [folder, out] = [await madeBundle(productImages(40_000)), await temporary()];
	const {list} = await splitAt(folder, out, 64_000);
	return {folder, out, list, files: list.parts.map(({file}) => file)};
};

test('every bad part is named, and only those: missing, cut, changed', async () => {
	const {out, files} = await site();
	expect(files.length).toBeGreaterThan(4);
	const [first = '', second = '', third = ''] = files.slice(1);
	await rename(join(out, first), join(out, '..', 'away'));
	await truncate(join(out, second), 100);
	await flip(join(out, third), 333);
	const {damages, refusals} = await inspect(out);
	expect(damages.map(({file, reason}) => [file, reason])).toEqual([
		[first, 'missing'],
		[second, 'size'],
		[third, 'digest'],
	]);
	expect(refusals).toHaveLength(1);
	expect(refusals[0]?.problem.area).toBe('bundle');
	await rm(join(out, '..', 'away'));
});

test('one that is missing is to be carried, and nothing is said of comparing its checksum', async () => {
	const {out, files} = await site();
	await rm(join(out, files[1] ?? ''));
	const [refusal] = (await inspect(out)).refusals;
	expect(refusal?.problem).toMatchObject({code: 'bundle-part-missing', message: `${files[1]} is not there.`});
	expect(refusal?.problem.fix).toContain(`Carry ${files[1]} in`);
	expect(JSON.stringify(refusal?.problem)).not.toMatch(/sha256sum|equal/u);
});

test('counts the parts and their bytes, each once', async () => {
	const {out, list} = await site();
	const {files, bytes, read} = await inspect(out);
	expect({files, bytes}).toEqual({files: list.parts.length, bytes: list.size});
	// Each part, and once more the files that lie across the ends of two.
	expect(read).toBeGreaterThan(bytes);
});

test('after the one bad part was carried again only that one, and what lies across its ends, is read', async () => {
	const {out, files} = await site();
	const memoFile = join(await temporary(), 'memo.json');
	const bad = join(out, files[2] ?? '');
	const good = await readFile(bad);
	await flip(bad, 30_000);
	const first = await inspect(out, {memo: await openMemo(memoFile), now: later});
	expect(first.damages.map(({file}) => file)).toEqual([files[2]]);
	await writeFile(bad, good);
	const second = await inspect(out, {memo: await openMemo(memoFile), now: later});
	expect(second.refusals).toEqual([]);
	expect(second.read).toBeLessThan(3 * 64_000);
	expect(second.read).toBeGreaterThanOrEqual(64_000);
	expect(await inspect(out, {memo: await openMemo(memoFile), now: later})).toMatchObject({read: 0, refusals: []});
});

test('a flipped byte in any file of the parts is found, and that file is named', async () => {
	const {out, files, list} = await site();
	for (const name of [...files, `${list.name}.parts.json`, `${list.name}.sha256`]) {
		const whole = await readFile(join(out, name));
		const step = Math.max(1, Math.floor(whole.length / (name.endsWith('.json') || name.endsWith('6') ? 60 : 8)));
		for (let at = 0; at < whole.length; at += step) {
			const bad = Buffer.from(whole);
			bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8));
			await writeFile(join(out, name), bad);
			const outcome = await inspect(out).then(
				({refusals}) => refusals.map(({problem}) => problem),
				async (error: unknown) => [await problemOf(Promise.reject(error))],
			);
			expect(JSON.stringify(outcome), `byte ${at} of ${name}`).toContain(name);
		}
		await writeFile(join(out, name), whole);
	}
	expect((await inspect(out)).refusals).toEqual([]);
});

test('the list of another bundle is not believed', async () => {
	const {out, list} = await site();
	const file = join(out, `${list.name}.parts.json`);
	await writeFile(file, (await readFile(file, 'utf8')).replace(list.bundle, `sha256:${'0'.repeat(64)}`));
	await rm(join(out, `${list.name}.sha256`));
	const {damages} = await inspect(out);
	expect(damages.map((damage) => damage.file)).toEqual([`${list.name}.parts.json`]);
});
