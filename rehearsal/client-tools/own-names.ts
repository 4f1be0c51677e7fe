import {existsSync} from 'node:fs';
import {mkdir, readFile} from 'node:fs/promises';
import {isIP} from 'node:net';
import {join} from 'node:path';
import {writeWhole} from '../../source/base/files.ts';

/** Names as a pod finds them. */
export type Names = {
	/** IPv4 addresses; none for a name that there is not. */
	readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
};

/**
 * Files of the system that glibc reads names from, and paths of the same length in their place: open files of the process, which
 * the starter gives it. So a program finds the names that a played pod finds, and none that this host does, without a right to
 * change anything of this host.
 */
const paths = [
	['/etc/hosts', '/dev//fd/9'],
	['/etc/nsswitch.conf', '/dev//////////fd/8'],
] as const;

const replaced = (bytes: Buffer, [from, to]: readonly [string, string]): Buffer => {
	const [old, own] = [Buffer.from(`\0${from}\0`, 'latin1'), Buffer.from(`\0${to}\0`, 'latin1')];
	const at = bytes.indexOf(old);
	if (at < 0 || old.length !== own.length) throw new Error(`this C library does not name ${from} where others do`);
	const changed = Buffer.from(bytes);
	own.copy(changed, at);
	return changed;
};

/** Writes a copy of a C library that reads names from open files. @returns its folder @throws Error for an unusual library */
export const copyLibrary = async (libc: string, folder: string): Promise<string> => {
	const file = join(folder, 'libc.so.6');
	if (existsSync(file)) return folder;
	const bytes = paths.reduce(replaced, await readFile(libc));
	await mkdir(folder, {recursive: true, mode: 0o755});
	await writeWhole(file, bytes, {mode: 0o755, sync: false});
	return folder;
};

/** Looks like a name of a host: letters, digits and hyphens between dots. */
const hostNames = /(?<![\w.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?(?![\w-])/giu;

/** How many names of a command are looked up. */
const mostNames = 50;

/**
 * The lines of `/etc/hosts` for a command: the names in these texts, and `known` ones, as the played name server answers for them.
 * @param texts words of the command, and values of its variables
 */
export const hostLines = async (
	texts: readonly string[],
	known: readonly string[],
	{network, signal}: {readonly network: Names; readonly signal: AbortSignal},
): Promise<string> => {
	const found = texts.flatMap((text) => text.match(hostNames) ?? []).map((name) => name.toLowerCase());
	const names = [...new Set([...known, ...found])].filter((name) => isIP(name) === 0).slice(0, mostNames);
	const lines: string[] = ['127.0.0.1 localhost'];
	for (const name of names) {
		for (const address of await network.resolve(name, signal)) lines.push(`${address} ${name}`);
	}
	return `${lines.join('\n')}\n`;
};
