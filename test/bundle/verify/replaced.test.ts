import {rename, stat, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {bundleFiles, checksumLines, never, problemOf, temporary, writeFiles} from '../helpers.ts';

const name = 'charts/zenml-0.95.1.tgz';

test('a file that is carried in again with its old time and size is seen by the same run', async () => {
	const folder = await temporary();
	const files = await bundleFiles();
	await writeFiles(folder, {...files, SHA256SUMS: checksumLines(files)});
	const [file, right] = [join(folder, name), files[name] ?? Buffer.alloc(0)];
	const {atime, mtime} = await stat(file);
	// The time in the header of gzip: the chart can still be unpacked.
	const wrong = Buffer.from(right);
	wrong[4] = 0x55;
	await writeFile(file, wrong);
	await utimes(file, atime, mtime);
	const port = createBundlePort({path: folder});
	const verify = () => port.verify({signal: never, onProgress: () => undefined});
	expect(await problemOf(verify())).toMatchObject({code: 'bundle-checksum-mismatch', location: {file: name}});

	await writeFile(`${file}.new`, right);
	await utimes(`${file}.new`, atime, mtime);
	await rename(`${file}.new`, file);
	expect(await verify()).toMatchObject({files: 6});
});
