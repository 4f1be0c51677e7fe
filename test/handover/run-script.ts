import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {HandoverSection} from '../../source/base/handover.ts';

/** The section of a file's name. */
export const sectionOf = (sections: readonly HandoverSection[], fileName: string): HandoverSection => {
	const found = sections.find((one) => one.fileName === fileName);
	if (!found) throw new Error(`${fileName} is not among ${sections.map((one) => one.fileName).join(', ')}`);
	return found;
};

/** The text of a file. */
export const textOf = (sections: readonly HandoverSection[], fileName: string): string =>
	`${sectionOf(sections, fileName).lines.join('\n')}\n`;

/** How a script ended, and which programs it called. */
export type Ran = {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly calls: string;
};

/** Shells that have to run a script in POSIX sh. */
export const shells: readonly string[] = [
	'sh',
	...['dash', 'busybox'].filter((name) => existsSync(`/usr/bin/${name}`)),
];

/**
 * Runs a script in a folder, where programs stand that only note what they were called with.
 * @param played names of such programs, and lines of sh that they run after the note
 */
export const runScript = async (
	text: string,
	{
		folder,
		played = {},
		args = [],
		environment = {},
		shell = 'sh',
	}: {
		readonly folder: string;
		readonly played?: Readonly<Record<string, string>>;
		readonly args?: readonly string[];
		readonly environment?: Readonly<Record<string, string>>;
		readonly shell?: string;
	},
): Promise<Ran> => {
	const bin = join(folder, 'bin');
	const log = join(folder, 'calls');
	await mkdir(bin, {recursive: true});
	await writeFile(log, '');
	for (const [name, lines] of Object.entries(played)) {
		await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >>${log}\n${lines}\n`);
		await chmod(join(bin, name), 0o755);
	}
	const script = join(folder, 'script.sh');
	await writeFile(script, text);
	const words = shell === 'busybox' ? ['busybox', 'sh'] : [shell];
	const [program = 'sh', ...rest] = words;
	const run = spawnSync(program, [...rest, script, ...args], {
		encoding: 'utf8',
		timeout: 60_000,
		env: {PATH: `${bin}:/usr/bin:/bin`, HOME: folder, TMPDIR: folder, ...environment},
	});
	return {status: run.status, stdout: run.stdout, stderr: run.stderr, calls: await readFile(log, 'utf8')};
};
