import {readdir, readFile} from 'node:fs/promises';

/** Where the pages lie beside the source. */
const folder = new URL('../../docs/', import.meta.url);

/**
 * Every page in `docs/`, by its name there (`install.md`, `decisions/…`). This reads them beside the source; a build has another
 * module in the place of this one, which carries them (`scripts/embedded-docs.mjs`).
 */
export const docsTexts = async (): Promise<ReadonlyMap<string, string>> => {
	const names = (await readdir(folder, {recursive: true})).filter((name) => name.endsWith('.md')).toSorted();
	return new Map(
		await Promise.all(names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')] as const)),
	);
};
