import type {FileHandle} from 'node:fs/promises';
import type {Transform} from 'node:stream';
import {backupProblems} from '../problems.ts';
import {type AgeHeader, openHeader, readHeader} from './header.ts';
import {readIdentities} from './identities.ts';
import {passphraseIdentity} from './passphrase.ts';
import {opening} from './payload.ts';

/** What this run can open files with. */
export type Openers = {
	/** The passphrase of the answers; it is asked for only by a file that needs it. */
	readonly passphrase?: (() => Promise<string>) | undefined;
	/** The identity file of the answers. */
	readonly identity?: string | undefined;
	readonly onSecret: (value: string) => void;
};

/** The file to open, by its name for people, and the public keys that its manifest says it is encrypted for. */
type Encrypted = {readonly file: string; readonly recipients: readonly string[]};

const byPassphrase = async (header: AgeHeader, {file}: Encrypted, {passphrase}: Openers) => {
	if (!passphrase) throw backupProblems.error('backup-passphrase-missing', {file});
	const key = await openHeader(header, [passphraseIdentity(await passphrase())]);
	if (key === undefined) throw backupProblems.error('backup-passphrase-wrong', {file});
	return key;
};

const byIdentity = async (header: AgeHeader, {file, recipients}: Encrypted, {identity, onSecret}: Openers) => {
	if (identity === undefined) throw backupProblems.error('backup-identity-missing', {file});
	const key = await openHeader(header, await readIdentities(identity, onSecret));
	if (key !== undefined) return key;
	const known = recipients.length > 0 ? recipients.join(', ') : 'the manifest names none';
	throw backupProblems.error('backup-identity-stranger', {identity, file, recipients: known});
};

/**
 * Opens an age file.
 * @returns where its payload begins, bytes from the start of the file, and what decrypts it
 * @throws ProblemError `backup-file-damaged`, `backup-passphrase-missing`, `backup-passphrase-wrong`, `backup-identity-missing`,
 * `backup-identity-stranger`, `backup-identity-unreadable`
 */
export const decryptWith = async (
	handle: FileHandle,
	encrypted: Encrypted,
	openers: Openers,
): Promise<{readonly start: number; readonly decrypt: Transform}> => {
	const {file} = encrypted;
	const cutAt = (at: number) => backupProblems.error('backup-file-damaged', {case: 'cut', file, at});
	const header = await readHeader(handle);
	if (!header) throw backupProblems.error('backup-file-damaged', {case: 'no age file', file});
	const open = header.byPassphrase ? byPassphrase : byIdentity;
	const key = await open(header, encrypted, openers);
	if (key === 'damaged') throw cutAt(0);
	return {start: header.end, decrypt: opening(key, cutAt)};
};
