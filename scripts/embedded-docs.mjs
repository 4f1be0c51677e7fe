import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {brotliCompressSync} from 'node:zlib';

/**
 * For esbuild: puts the pages of `docs/` into the program, in the place of the module that reads them beside the source. They are
 * compressed, so that a program of one file, which is read as a whole, hardly grows; they are unpacked when a page is asked for.
 * @param {string} root folder of the project
 * @returns {import('esbuild').Plugin}
 */
export const embeddedDocs = (root) => ({
	name: 'embedded-docs',
	setup: ({onLoad}) => {
		onLoad({filter: /source[\\/]docs[\\/]texts\.ts$/}, async () => {
			const folder = path.join(root, 'docs');
			const names = (await readdir(folder, {recursive: true})).filter((name) => name.endsWith('.md')).sort();
			const pages = await Promise.all(
				names.map(async (name) => [name, await readFile(path.join(folder, name), 'utf8')]),
			);
			const packed = brotliCompressSync(JSON.stringify(pages)).toString('base64');
			return {
				contents: `import {brotliDecompressSync} from 'node:zlib';
export const docsTexts = async () => new Map(JSON.parse(brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString('utf8')));`,
			};
		});
	},
});
