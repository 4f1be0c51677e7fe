// The code of the one executable: CommonJS, a text for each part, each a function that the door calls.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';
import {define, entries, root, shared} from '../bundling.mjs';

const head =
	'(function (require, __programUrl) {const module = {exports: {}}, __filename = "zenml-airgap.cjs", __dirname = "/";';

/** Names of the parts. */
export const partNames = Object.keys(entries);

/**
 * Writes `NAME.cjs` of every part into a folder.
 * @param {string} folder
 */
export const bundleParts = async (folder) => {
	await build({
		...shared,
		entryPoints: entries,
		outdir: folder,
		outExtension: {'.js': '.cjs'},
		format: 'cjs',
		target: 'node24.0',
		minifyWhitespace: true,
		// A module of the executable has no place on a disk; what it loads is in the same text, or in Node.
		supported: {'dynamic-import': false},
		define: {...define, 'import.meta.url': '__programUrl'},
		banner: {js: head},
		footer: {js: '})'},
	});
	for (const name of partNames) {
		// One letter beyond ASCII doubles the memory of the whole text; esbuild escapes all but those in regular expressions.
		const letter = /.{0,40}[^\0-\x7f]/u.exec(await readFile(path.join(folder, `${name}.cjs`), 'utf8'))?.[0];
		if (letter) throw new Error(`${name} is not ASCII alone; write the letter as \\u....: ${letter}`);
	}
};

/** The door: the small text that Node starts. */
export const doorText = async () => {
	const text = await readFile(path.join(root, 'scripts/package/door.cjs'), 'utf8');
	return text.replace('ZENML_AIRGAP_VERSION', define.ZENML_AIRGAP_VERSION);
};
