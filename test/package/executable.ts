import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readdir, readFile, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {promisify} from 'node:util';
import {kept} from '../../scripts/package/kept.mjs';
import {root} from '../helpers/built-program.ts';

const run = promisify(execFile);
const keepMs = 24 * 60 * 60 * 1000;

/** All that an executable is made of. */
const contents = ['cli.tsx', 'package.json', 'package-lock.json', 'source', 'rehearsal', 'scripts'];

const filesIn = async (place: string): Promise<readonly string[]> => {
	if ((await stat(place)).isFile()) return [place];
	const entries = await readdir(place, {recursive: true, withFileTypes: true});
	return entries.filter((entry) => entry.isFile()).map(({parentPath, name}) => path.join(parentPath, name));
};

const keyOf = async (): Promise<string> => {
	const files = (await Promise.all(contents.map((name) => filesIn(path.join(root, name))))).flat().sort();
	const hash = createHash('sha256');
	for (const file of files) hash.update(`${path.relative(root, file)}\n`).update(await readFile(file));
	return hash.digest('hex').slice(0, 16);
};

/** Each has 137 MB, and belongs to sources that may be gone. */
const removeOld = async (made: string): Promise<void> => {
	const folder = path.dirname(made);
	for (const name of await readdir(folder)) {
		const file = path.join(folder, name);
		if (!name.startsWith('executable-') || file === made) continue;
		const {mtimeMs} = await stat(file).catch(() => ({mtimeMs: Date.now()}));
		if (Date.now() - mtimeMs > keepMs) await rm(file, {force: true});
	}
};

/** Names another executable for the tests, such as that of a release. */
const variable = 'ZENML_AIRGAP_EXECUTABLE';

/** The executable of these very sources; made where it was not made before, by the command that makes it for a release. */
export const builtExecutable = async (): Promise<string> => {
	const given = process.env[variable];
	if (given) return path.resolve(given);
	const file = await kept(`executable-${await keyOf()}`, (to) =>
		run(process.execPath, [path.join(root, 'scripts', 'package.mjs'), '--out', to]),
	);
	await removeOld(file);
	return file;
};

/** Before the first test of suites that start nothing else: makes it once for all of them. */
export default async (): Promise<void> => {
	process.env[variable] = await builtExecutable();
};
