import {chmod, chown, copyFile, mkdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {stranger} from '../helpers/as-root.ts';
import {librariesAlone, type Root} from '../package/root.ts';
import {labFacts} from './lab.ts';
import {type Run, type RunOptions, runTool} from './program.ts';

/** A jump host in the lab that has nothing but the executable and what the lab's answers name. */
export type InstalledRoot = {
	/** Installs from it without a screen, with the Helm that the executable carries; see `runTool`. */
	readonly install: (stateDirectory: string, options?: RunOptions) => Promise<Run>;
	readonly remove: () => Promise<void>;
};

/** Where names are looked up, as the lab has it. */
const ofTheNetwork = ['/etc/resolv.conf', '/etc/hosts'];

const carryFile = async ({at}: Root, file: string): Promise<void> => {
	const to = at(file);
	await mkdir(path.dirname(to), {recursive: true});
	await copyFile(file, to);
	await chown(to, stranger, stranger);
	await chmod(to, 0o600);
};

/** Files and folders that a text of answers names by absolute paths. */
const pathsIn = (answers: string): readonly string[] => [
	...new Set([...answers.matchAll(/(?:^|[\s:])(\/\S+)$/gmu)].map(([, name = '']) => name)),
];

/** Carries the files that answers name into a root. @returns the folders, which are mounted there when it is run */
const carryAnswers = async (root: Root, file: string): Promise<readonly string[]> => {
	const folders: string[] = [];
	for (const name of pathsIn(await readFile(file, 'utf8'))) {
		if ((await stat(name)).isDirectory()) {
			await mkdir(root.at(name), {recursive: true});
			folders.push(name);
		} else if (!name.endsWith('/helm')) await carryFile(root, name);
	}
	return folders;
};

/** Bundles are mounted for one process and those below it: nothing that removes the root can reach them. */
const mounting = (root: Root, folders: readonly string[], command: readonly string[]): readonly string[] => {
	const mounts = folders.map((folder) => `mount --bind -o ro '${folder}' '${root.at(folder)}'`);
	return ['unshare', '--mount', 'sh', '-ec', [...mounts, 'exec "$@"'].join('\n'), 'sh', ...command];
};

/** Makes one. Its user has a number that no host knows, and no environment. */
export const installedRoot = async (): Promise<InstalledRoot> => {
	const root = await librariesAlone();
	const answers = labFacts().answers ?? '';
	for (const file of [...ofTheNetwork, answers]) await carryFile(root, file);
	const folders = await carryAnswers(root, answers);
	const command = (words: readonly string[]): readonly string[] => mounting(root, folders, root.command(words));
	return {
		install: (stateDirectory, {args = [], ...more} = {}) =>
			runTool(['install'], stateDirectory, {...more, command, args: ['--set', 'helm.binary=auto', ...args]}),
		remove: root.remove,
	};
};
