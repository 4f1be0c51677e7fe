import {execFileSync} from 'node:child_process';
import {open, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {openTar} from '../../source/archive/open-tar.ts';
import {never, problemOf, temporary} from '../bundle/helpers.ts';

/** A tar that GNU tar made of a file with a hole. */
const sparseTar = async (format: string): Promise<string> => {
	const folder = await temporary();
	const file = await open(join(folder, 'layer.tar'), 'w');
	await file.write(Buffer.from('x'), 0, 1, 4 * 1024 * 1024);
	await file.close();
	const tar = join(folder, 'x.tar');
	execFileSync('tar', ['-C', folder, '--sparse', `--format=${format}`, '-cf', tar, 'layer.tar']);
	return tar;
};

test.each(['gnu', 'posix'])('a tar with a sparse file in the form of %s says so', async (format) => {
	const file = await sparseTar(format);
	const slice = {file, offset: 0, size: (await stat(file)).size, label: 'images/x.tar'};
	expect(await problemOf(openTar(slice, never))).toMatchObject({
		code: 'bundle-archive-sparse',
		message: 'images/x.tar holds a sparse file: layer.tar.',
		cause:
			'The tar was made with --sparse (-S), which leaves zeros out; archives are read in place, and such a file cannot be.',
		fix: 'Make the tar anew on the connected side, without --sparse. Carried in again, it stays as it is.',
	});
});
