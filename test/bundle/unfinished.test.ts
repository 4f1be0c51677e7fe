import {execFileSync} from 'node:child_process';
import {appendFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {writeBundle} from '../../source/bundle/create/create.ts';
import {planBundle} from '../../source/bundle/create/plan.ts';
import {createBundlePort} from '../../source/bundle/open/bundle.ts';
import {signBundle} from '../../source/bundle/sign/sign.ts';
import {generateSigningKey} from '../../source/minisign/secret-key.ts';
import {chartsIn, plainSource, productImages, quietCharts, specOf, vendorRegistry, versions} from './create/helpers.ts';
import {never, problemOf, temporary} from './helpers.ts';
import {inspect, madeBundle, openAt} from './made.ts';

/** A folder as `bundle create` leaves it when it is stopped after so many bytes. */
const stoppedAfter = async (bytes: number): Promise<string> => {
	const charts = await temporary();
	await chartsIn(charts);
	const registry = await vendorRegistry(productImages(300_000));
	const folder = join(await temporary(), 'bundle');
	const plan = await planBundle({
		spec: specOf(registry.host, charts),
		from: [],
		source: plainSource(),
		charts: quietCharts(),
		tools: async () => ({tools: [], papers: [], notes: []}),
		onLook: () => undefined,
		signal: never,
	});
	const stop = new AbortController();
	const writing = writeBundle(plan, {
		folder,
		madeBy: `zenml-airgap ${versions.controlPlane}`,
		concurrency: 1,
		freeBytes: async () => 1e12,
		onNote: () => undefined,
		onBlob: () => undefined,
		onBytes: (done) => {
			if (done > bytes) stop.abort(new Error('stopped'));
		},
		signal: stop.signal,
	});
	await expect(writing).rejects.toThrow('stopped');
	return folder;
};

const told = {
	code: 'bundle-unfinished',
	message: expect.stringContaining('is not finished'),
	fix: expect.stringContaining('start the same `bundle create` again'),
};

describe('a bundle whose making was stopped', () => {
	test.each([0, 400_000, 1_300_000])('after %i bytes is told as not finished by whoever opens it', async (bytes) => {
		const folder = await stoppedAfter(bytes);
		const {refusals} = await inspect(folder);
		expect(refusals.map(({problem}) => problem)).toMatchObject([told]);
		expect(await problemOf(openAt(folder))).toMatchObject(told);
		expect(await problemOf(createBundlePort({path: folder}).open(never))).toMatchObject(told);
		const signed = signBundle({
			path: folder,
			key: generateSigningKey(),
			now: 0,
			signal: never,
			onProgress: () => undefined,
		});
		expect(await problemOf(signed)).toMatchObject(told);
	});

	test('is told as not finished out of a tar, too', async () => {
		const folder = await stoppedAfter(400_000);
		const tar = join(await temporary(), 'bundle.tar');
		execFileSync('tar', ['-cf', tar, '-C', folder, '.']);
		expect((await inspect(tar)).refusals.map(({problem}) => problem)).toMatchObject([told]);
	});

	test('before anything was fetched is told as not finished', async () => {
		const folder = await temporary();
		await writeFile(join(folder, 'bundle.json.part'), '{"formatVersion":1,"paths":[]}');
		expect((await problemOf(inspect(folder))).code).toBe('bundle-unfinished');
	});

	test('when only the last move was left is told as not finished, and not as a bundle with a file too much', async () => {
		const folder = await madeBundle();
		await appendFile(join(folder, 'bundle.json.part'), '{}');
		expect((await inspect(folder)).refusals.map(({problem}) => problem.code)).toEqual(['bundle-unfinished']);
		await rm(join(folder, 'bundle.json.part'));
		expect((await inspect(folder)).refusals).toEqual([]);
	});
});
