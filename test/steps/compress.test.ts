import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {changesOf, problemOf, type Site, startSite} from '../helpers/world.ts';

let site: Site;
const never = new AbortController().signal;

beforeAll(async () => {
	site = await startSite();
});
afterAll(async () => site?.stop());

describe('with bundle.compress', () => {
	it('raw layers are pushed compressed, and the images count as there by their configuration', async () => {
		const zstd = site.answers((input) => ({...input, bundle: {...input.bundle, compress: 'zstd'}}));
		const {bundle, registry} = await site.world(zstd);
		const {images} = await bundle.open(never);
		expect(changesOf(await site.check('images', zstd))).toHaveLength(images.length);
		await site.apply('images', zstd);
		expect(changesOf(await site.check('images', zstd))).toEqual([]);
		// What was compressed is kept for a run that goes on; with all at the registry it would only take space.
		const folder = path.join(site.stateDirectory, 'compressed-layers');
		await expect(readdir(folder)).rejects.toThrow('ENOENT');
		for (const {name, tag, manifest} of images) {
			const digest = await registry.manifestDigest(`zenml/${name}`, tag, never);
			expect(digest).toMatch(/^sha256:/u);
			expect(digest).not.toBe(manifest.digest);
		}

		// What lies at the registry is told by its configuration: nothing is compressed again.
		await site.apply('images', zstd);
		await expect(readdir(folder)).rejects.toThrow('ENOENT');

		const plain = site.answers();
		expect(changesOf(await site.check('images', plain))).toHaveLength(images.length);
		await site.apply('images', plain);
		expect(changesOf(await site.check('images', plain))).toEqual([]);
		expect(changesOf(await site.check('images', zstd))).toEqual([]);
	});
});

describe('with bundle.platform', () => {
	it('a platform that the bundle does not have is refused, and the one that it has is named', async () => {
		const arm = site.answers((input) => ({...input, bundle: {...input.bundle, platform: 'linux/arm64'}}));
		const problem = problemOf(await site.check('images', arm));
		expect(problem).toMatchObject({code: 'bundle-platform-missing', answers: ['bundle.platform', 'bundle.path']});
		expect(problem.cause).toContain('linux/amd64');
		const all = site.answers((input) => ({...input, bundle: {...input.bundle, platform: 'all'}}));
		expect(changesOf(await site.check('images', all))).toEqual([]);
	});
});
