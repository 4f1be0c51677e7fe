import {spawnSync} from 'node:child_process';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {Readable, Writable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {generateX25519Identity, identityToRecipient} from 'age-encryption';
import {createBackups} from '../../source/backup/backups.ts';
import type {BackupSettings} from '../../source/backup/settings.ts';
import type {BackupPort, OpenBackup, PartHead, ReadBackup} from '../../source/backup/types.ts';
import {temporary} from '../bundle/helpers.ts';

export const never = new AbortController().signal;

/** A key pair of age, and a file with the private one. */
export const identity = async (): Promise<{
	readonly file: string;
	readonly key: string;
	readonly recipient: string;
}> => {
	const key = await generateX25519Identity();
	const recipient = await identityToRecipient(key);
	const file = path.join(await temporary(), 'backup.age-identity');
	await writeFile(file, `# created: 2026-01-31T18:30:00Z\n# public key: ${recipient}\n${key}\n`, {mode: 0o600});
	return {file, key, recipient};
};

export type Setting = Partial<BackupSettings>;

export const settingsOf = async (given: Setting = {}): Promise<BackupSettings> => ({
	folder: path.join(await temporary(), 'backups'),
	encryption: 'age',
	recipients: [],
	tool: 'zenml-airgap 0.0.0',
	now: () => Date.parse('2026-01-31T18:30:00Z'),
	onSecret: () => undefined,
	...given,
});

export const backupsOf = async (given: Setting = {}): Promise<BackupPort> => createBackups(await settingsOf(given));

export const putting =
	(...pieces: readonly (string | Buffer)[]) =>
	async (into: Writable): Promise<void> => {
		for (const piece of pieces) {
			if (!into.write(piece)) await new Promise((resolve) => into.once('drain', resolve));
		}
	};

export const head = (name: string, kind: PartHead['kind'] = 'database'): PartHead => ({kind, name, ending: 'dump'});

/** A finished backup of these texts, by the names of workspaces. */
export const finished = async (
	backups: BackupPort,
	texts: Readonly<Record<string, string | Buffer>> = {controlPlane: 'tables', team: 'more tables'},
	purpose = 'asked',
): Promise<OpenBackup> => {
	const made = await backups.begin(purpose, 'run-1', never);
	for (const [name, text] of Object.entries(texts)) await made.add(head(name), putting(text));
	await made.finish('run-1', []);
	return made;
};

export const readAll = async (stream: Readable): Promise<Buffer> => buffer(stream);

/** What is in a part, by its name. */
export const contentsOf = async (read: ReadBackup, name: string): Promise<Buffer> => {
	const part = read.manifest.parts.find((one) => one.name === name);
	if (!part) throw new Error(`no part ${name}`);
	return readAll(await read.read(part, never));
};

/** Changes the bytes of a file. */
export const change = async (file: string, how: (bytes: Buffer) => Buffer): Promise<void> => {
	await writeFile(file, how(Buffer.from(await readFile(file))));
};

export const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;
