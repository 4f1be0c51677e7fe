import {mkdir, rename, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {openImages} from '../../../source/bundle/open/images-only.ts';
import {bundleFiles, never, problemOf, temporary, writeFiles} from '../helpers.ts';
import {openAt} from '../made.ts';

const byHand = async (): Promise<string> => {
	const folder = join(await temporary(), 'bundle');
	await writeFiles(folder, await bundleFiles());
	return folder;
};

test.each([
	['a text in gzip', gzipSync('hello')],
	['an empty file', Buffer.alloc(0)],
])('%s with the name of an archive is none, and not cut short', async (_what, bytes) => {
	const file = join(await temporary(), 'x.tar.gz');
	await writeFile(file, bytes);
	expect(await problemOf(openImages(file, {signature: {}}, never))).toMatchObject({code: 'bundle-no-images'});
});

test('a device in the place of archives is told as one', async () => {
	expect(await problemOf(openImages('/dev/zero', {signature: {}}, never))).toMatchObject({
		code: 'bundle-unreadable',
		cause: 'It is a device, but a file was expected.',
	});
});

describe('a link to a folder in a bundle', () => {
	test.each([
		['to its own folder', '.', 'images/loop'],
		['to the bundle', '..', 'images/loop'],
		['out of it', '/etc', 'charts/elsewhere'],
	])('%s is refused by name', async (_what, target, name) => {
		const folder = await byHand();
		await symlink(target, join(folder, name));
		expect(await problemOf(openAt(folder))).toMatchObject({
			code: 'bundle-foreign',
			message: `${folder} holds links to folders that are not followed: ${name}.`,
		});
	});

	test('to another by way of that one is refused too', async () => {
		const folder = await byHand();
		for (const name of ['a', 'b']) await mkdir(join(folder, 'images', name));
		await symlink('../b', join(folder, 'images/a/to-b'));
		await symlink('../a', join(folder, 'images/b/to-a'));
		expect((await problemOf(openAt(folder))).message).toContain('images/a/to-b/to-a');
	});

	test('within it is followed', async () => {
		const folder = await byHand();
		await rename(join(folder, 'images'), join(folder, 'charts', 'kept'));
		await symlink('charts/kept', join(folder, 'images'));
		expect((await openAt(folder)).bundle.images).toHaveLength(4);
	});

	test('is not followed out of a folder of archives either', async () => {
		const [folder, layout] = [await temporary(), await temporary()];
		await writeFiles(layout, {'index.json': Buffer.from('{}'), 'oci-layout': Buffer.from('{}')});
		await symlink(layout, join(folder, 'theirs'));
		expect(await problemOf(openImages(folder, {signature: {}}, never))).toMatchObject({
			code: 'bundle-foreign',
			message: expect.stringContaining('images/theirs'),
		});
	});
});
