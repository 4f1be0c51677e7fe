import {existsSync} from 'node:fs';
import {mkdir, readFile, rm, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import {isErrno} from '../../source/base/errno.ts';
import {writeWhole} from '../../source/base/files.ts';
import {shellWord} from '../../source/base/shell.ts';
import {copyLibrary} from './own-names.ts';
import {type Programs, type RealProgram, startOf} from './programs.ts';

/** Programs of every image of Debian's that the scripts of a backup may use beside those of the databases. */
const shellPrograms =
	'sh cat sha256sum base64 expr id mktemp mkfifo rm mkdir chmod head tail tee sleep true false test printf echo env ls date mv cp touch wc tr cut sort gzip sed grep dirname basename'.split(
		' ',
	);

const systemFolders = ['/usr/bin', '/bin', '/usr/local/bin'] as const;

/** Programs that a command may begin with: those of the shell by the paths that scripts use as well. */
export const programsOf = ({real}: Programs): readonly string[] => [
	...shellPrograms.flatMap((name) => [name, `/bin/${name}`, `/usr/bin/${name}`]),
	...real.keys(),
];

const linkShell = async (bin: string): Promise<void> => {
	for (const name of shellPrograms) {
		const program = systemFolders.map((folder) => join(folder, name)).find((file) => existsSync(file));
		if (program === undefined) continue;
		await symlink(program, join(bin, name)).catch((error: unknown) => {
			if (!isErrno(error, 'EEXIST')) throw error;
		});
	}
};

/** Leaves what is the same: another command of the pod may be reading it. */
export const writeOnce = async (file: string, text: string, mode = 0o644): Promise<void> => {
	const old = await readFile(file, 'utf8').catch(() => undefined);
	if (old !== text) await writeWhole(file, text, {mode, sync: false});
};

/** A script that starts a real program with the names of the rehearsal. */
const starter = async (folder: string, program: RealProgram): Promise<string> => {
	const kept = await copyLibrary(program.libc, join(folder, `lib-${program.libraries.length === 0 ? 'host' : 'own'}`));
	const words = startOf(program, [kept]).map(shellWord).join(' ');
	const names = ['hosts', 'nsswitch.conf'].map((name) => shellWord(join(folder, name)));
	return `#!/bin/sh\nexec 9<${names[0]} 8<${names[1]} || exit 125\nexec ${words} "$@"\n`;
};

/**
 * Makes the folder that stands for the root of a pod of client tools: the programs in `bin/`, `tmp/` for what it writes.
 * A program that there is none of is not found, as in an image that lacks it.
 */
export const makePodFolder = async (
	folder: string,
	programs: Programs,
): Promise<{readonly bin: string; readonly tmp: string}> => {
	const [bin, tmp] = [join(folder, 'bin'), join(folder, 'tmp')];
	for (const one of [bin, tmp]) await mkdir(one, {recursive: true, mode: 0o700});
	await writeOnce(join(folder, 'nsswitch.conf'), 'hosts: files\n');
	await linkShell(bin);
	for (const [name, program] of programs.real) await writeOnce(join(bin, name), await starter(folder, program), 0o755);
	return {bin, tmp};
};

/** Takes the folder of a pod that is gone away. */
export const removePodFolder = (folder: string): Promise<void> => rm(folder, {recursive: true, force: true});
