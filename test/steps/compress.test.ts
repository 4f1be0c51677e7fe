import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {makeSampleBundle} from '../../rehearsal/sample-bundle/index.ts';
import {createBundlePort} from '../../source/bundle/open/bundle.ts';
import {imagesStep} from '../../source/steps/images/index.ts';
import {client, serve, temporary} from '../registry/helpers.ts';
import {answersOf, changesOf, look, never, worldOf} from './world.ts';

const chart = (name: string): string => fileURLToPath(new URL(`../../rehearsal/charts/${name}`, import.meta.url));

const sampleBundle = async (): Promise<string> => {
	const directory = path.join(await temporary(), 'bundle');
	await makeSampleBundle({
		directory,
		chartSources: {controlPlane: chart('zenml-pro'), workspace: chart('zenml')},
		versions: {controlPlane: '0.13.18', workspace: '0.95.1'},
		totalBytes: 240_000,
	});
	return directory;
};

/** The step on a real bundle and a real registry, with layers as they are or compressed. */
const site = async () => {
	const [directory, state, {host}] = [await sampleBundle(), await temporary(), await serve()];
	const registry = client(host);
	const folder = path.join(state, 'compressed-layers');
	const worldWith = (compress: 'none' | 'zstd') =>
		worldOf({
			answers: answersOf((input) => ({...input, registry: {host, plainHttp: true}, bundle: {compress}})),
			registry,
			bundle: createBundlePort({
				path: directory,
				workDirectory: state,
				...(compress === 'zstd' && {compress: {algorithm: 'zstd', folder}}),
			}),
			host: {saveState: async (name) => path.join(state, name)},
		});
	return {registry, folder, plain: worldWith('none'), compressed: worldWith('zstd')};
};

test('raw layers are pushed compressed, and the images count as there by their configuration', async () => {
	const {registry, folder, plain, compressed} = await site();
	const {images} = await compressed.bundle.open(never);
	expect(changesOf(await look(imagesStep, compressed))).toHaveLength(images.length);
	await imagesStep.apply?.(compressed);
	expect(changesOf(await look(imagesStep, compressed))).toEqual([]);
	// What was compressed is kept for a run that goes on; with all at the registry it would only take space.
	await expect(readdir(folder)).rejects.toThrow('ENOENT');
	for (const {name, tag, manifest} of images) {
		const digest = await registry.manifestDigest(`zenml/${name}`, tag, never);
		expect(digest).toMatch(/^sha256:/u);
		expect(digest).not.toBe(manifest.digest);
	}

	// What lies at the registry is told by its configuration: nothing is compressed again.
	await imagesStep.apply?.(compressed);
	await expect(readdir(folder)).rejects.toThrow('ENOENT');

	expect(changesOf(await look(imagesStep, plain))).toHaveLength(images.length);
	await imagesStep.apply?.(plain);
	expect(changesOf(await look(imagesStep, plain))).toEqual([]);
	expect(changesOf(await look(imagesStep, compressed))).toEqual([]);
});
