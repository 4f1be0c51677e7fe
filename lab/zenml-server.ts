import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {chmod, mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {runCommand} from './commands.ts';
import type {Debian} from './debian.ts';
import type {LabPaths} from './paths.ts';

/** Where Debian's Python looks for what was installed by hand. */
const sitePackages = 'usr/local/lib/python3.11/dist-packages';

// PyPI's files run on Debian 12 with its Python; pip is told so, whatever machine it runs on.
const platforms = ['manylinux_2_36', 'manylinux_2_28', 'manylinux_2_17', 'manylinux2014', 'manylinux1'].flatMap(
	(name) => ['--platform', `${name}_x86_64`],
);
const pip = (target: string, requirements: string): readonly string[] => [
	...['-m', 'pip', 'install', '--quiet', '--no-compile', '--no-deps', '--require-hashes', '--only-binary=:all:'],
	...['--disable-pip-version-check', '--root-user-action=ignore', '--python-version=3.11', '--implementation=cp'],
	...[...platforms, '--target', target, '--requirement', requirements],
];

// As the vendor's image has them: what charts start by name, and Python by both of its names.
const programs: Readonly<Record<string, string>> = {
	zenml: 'from zenml.cli.cli import cli\ncli()',
	uvicorn: 'from uvicorn.main import main\nmain()',
};

const addPrograms = async (root: string): Promise<void> => {
	const folder = join(root, 'usr/local/bin');
	await mkdir(folder, {recursive: true});
	for (const [name, text] of Object.entries(programs)) {
		await writeFile(join(folder, name), `#!/usr/bin/python3\n${text}\n`);
		await chmod(join(folder, name), 0o755);
	}
	await runCommand('ln', ['-s', '/usr/bin/python3', join(folder, 'python')]);
	// The chart lays a volume over its folder for settings; the user of the image writes there.
	await mkdir(join(root, 'zenml/.zenconfig'), {recursive: true});
	await runCommand('chown', ['-R', '1000:1000', join(root, 'zenml')]);
};

/**
 * Compiles all modules of a folder that will be the root of an image. By hash and unchecked: in an image every file has the
 * same time, and its user cannot write.
 */
export const compileModules = async (debian: Debian, root: string, folder: string): Promise<void> => {
	const env = {...process.env, ...debian.env};
	const options = ['--invalidation-mode', 'unchecked-hash', '-q', '-q', '-j', '0', '-s', root, '-p', '/'];
	const args = ['-m', 'compileall', ...options, join(root, folder)];
	// It answers 1 where one file is no Python of this version, such as a template.
	await runCommand(join(debian.root, 'usr/bin/python3.11'), args, {env, timeoutMs: 600_000}).catch((error: unknown) => {
		if (!String(error).includes('ended with 1')) throw error;
	});
};

/** Extracts the files of the vendor's own server, `zenml[server]` of a version, from PyPI, each by its hash; once. */
export const zenmlServer = async (paths: LabPaths, debian: Debian, version: string): Promise<string> => {
	const requirements = new URL(`./images/zenml-${version}.txt`, import.meta.url).pathname;
	const key = createHash('sha256')
		.update(await readFile(requirements))
		.update(JSON.stringify([2, programs]))
		.digest('hex');
	const root = join(paths.cache, `zenml-${version}-${key.slice(0, 12)}`);
	if (existsSync(root)) return root;
	const making = `${root}.making`;
	await rm(making, {recursive: true, force: true});
	await mkdir(join(making, sitePackages), {recursive: true});
	const env = {...process.env, ...debian.env};
	const args = pip(join(making, sitePackages), requirements);
	await runCommand(join(debian.root, 'usr/bin/python3.11'), args, {env, timeoutMs: 900_000});
	await compileModules(debian, making, sitePackages);
	await addPrograms(making);
	await rename(making, root);
	return root;
};
