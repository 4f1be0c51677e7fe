import {mkdir, writeFile} from 'node:fs/promises';
import {arch} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {hexOf, sha256Of} from '../../../source/oci/digest.ts';
import {never} from '../helpers.ts';
import {indexedBundle} from './indexed.ts';

const here = `linux/${arch() === 'x64' ? 'amd64' : arch()}`;
const program = Buffer.from('a helm');

const bundleWith = async (...platforms: readonly string[]) => {
	const {folder, index, write} = await indexedBundle();
	await mkdir(join(folder, 'bin'));
	const tools = platforms.map((platform, place) => ({
		name: 'helm',
		version: '4.2.3',
		platform,
		file: `bin/helm-${place}`,
	}));
	for (const {file} of tools) await writeFile(join(folder, file), program);
	const files = tools.map(({file}) => ({path: file, size: program.length, digest: sha256Of(program)}));
	await write({...index, tools, files: [...index.files, ...files]});
	return createBundlePort({path: folder});
};

test('the helm for this host is found by bundle.json, with its checksum', async () => {
	const found = await (await bundleWith('linux/s390x', here)).helm(never);
	expect(found).toMatchObject({version: '4.2.3', sha256: hexOf(sha256Of(program)), bytes: program.length});
	const chunks: Uint8Array[] = [];
	for await (const chunk of found?.open() ?? []) chunks.push(chunk);
	expect(Buffer.concat(chunks)).toEqual(program);
});

test('one for another platform is none', async () => {
	expect(await (await bundleWith('linux/s390x')).helm(never)).toBeUndefined();
});
