import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readdir, rename, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';

const run = promisify(execFile);

export const root = fileURLToPath(new URL('../../', import.meta.url));
/** Below node_modules, so that the built program finds the libraries that are not bundled into it. */
const cache = path.join(root, 'node_modules', '.cache', 'zenml-airgap', 'test-builds');
const keepBuildsMs = 24 * 60 * 60 * 1000;

const sourceFiles = async (folder: string): Promise<readonly string[]> => {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true});
	return entries.filter((entry) => entry.isFile()).map(({parentPath, name}) => path.join(parentPath, name));
};

/** Name of a build: it changes with every source file. */
const sourceKey = async (): Promise<string> => {
	const files = [
		path.join(root, 'cli.tsx'),
		path.join(root, 'package.json'),
		path.join(root, 'scripts', 'build.mjs'),
		path.join(root, 'scripts', 'embedded-docs.mjs'),
		...(await sourceFiles(path.join(root, 'docs'))),
		...(await sourceFiles(path.join(root, 'source'))),
		...(await sourceFiles(path.join(root, 'rehearsal'))),
	].sort();
	const hash = createHash('sha256');
	for (const file of files) {
		const {mtimeMs, size} = await stat(file);
		hash.update(`${file} ${mtimeMs} ${size}\n`);
	}
	return hash.digest('hex').slice(0, 16);
};

const removeOldBuilds = async (): Promise<void> => {
	for (const name of await readdir(cache)) {
		const folder = path.join(cache, name);
		const {mtimeMs} = await stat(folder).catch(() => ({mtimeMs: Date.now()}));
		if (Date.now() - mtimeMs > keepBuildsMs) await rm(folder, {recursive: true, force: true});
	}
};

/** How to start the built program. */
export type Program = {readonly node: string; readonly cli: string; readonly helm: string};

const variable = 'ZENML_AIRGAP_TEST_PROGRAM';

/** Before the first test: builds the program unless this very source was built before. Tests that start it start what is shipped. */
export default async (): Promise<void> => {
	const folder = path.join(cache, await sourceKey());
	if (!existsSync(folder)) {
		await mkdir(cache, {recursive: true});
		await removeOldBuilds();
		const own = `${folder}.${process.pid}`;
		await run(process.execPath, [path.join(root, 'scripts', 'build.mjs'), '--out', own], {cwd: root});
		await rename(own, folder).catch(async () => rm(own, {recursive: true, force: true}));
	}
	process.env[variable] = path.join(folder, 'cli.js');
};

/** The built program, to be started with Node. */
export const builtCli = (): string => {
	const file = process.env[variable];
	if (file === undefined) throw new Error(`${variable} is not set: is this file a globalSetup of vitest?`);
	return file;
};

/** The built program with a Helm for it. */
export const builtProgram = async (): Promise<Program> => {
	const {helm} = await fetchHelm('4.2.3');
	return {node: process.execPath, cli: builtCli(), helm};
};
