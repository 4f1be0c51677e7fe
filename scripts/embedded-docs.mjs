import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';

/**
 * For esbuild: puts the pages of `docs/` into the program, in the place of the module that reads them beside the source. It is imported
 * when a page is asked for, so with `splitting` it is a file of its own that no other command reads.
 * @param {string} root folder of the project
 * @returns {import('esbuild').Plugin}
 */
export const embeddedDocs = (root) => ({
	name: 'embedded-docs',
	setup: ({onLoad}) => {
		onLoad({filter: /source\/docs\/texts\.ts$/}, async () => {
			const folder = path.join(root, 'docs');
			const names = (await readdir(folder, {recursive: true})).filter((name) => name.endsWith('.md')).sort();
			const pages = await Promise.all(
				names.map(async (name) => [name, await readFile(path.join(folder, name), 'utf8')]),
			);
			return {contents: `export const docsTexts = async () => new Map(${JSON.stringify(pages)});`};
		});
	},
});
