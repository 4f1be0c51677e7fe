import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {isErrno} from '../base/errno.ts';
import {ProblemError} from '../base/problem.ts';
import {minisigFault, readMinisig} from '../minisign/minisig.ts';
import type {PublicKey} from '../minisign/public-key.ts';
import {readKeyFile} from '../minisign/read-key.ts';
import {needsPassphrase, openSecretKey, type SigningKey} from '../minisign/secret-key.ts';
import {writeMinisig} from '../minisign/write-minisig.ts';
import {backupFiles, scheduledPurpose, unreadable} from './place.ts';
import {backupProblems} from './problems.ts';
import type {BackupManifest, ReadBackup} from './types.ts';

/**
 * The key that signs backups.
 * @throws ProblemError `signature-key-unreadable`, `signing-secret-key`, `backup-signing-key-locked`
 */
export const openSigningKey = async (file: string): Promise<SigningKey> => {
	const text = await readKeyFile(file, 'secret');
	if (needsPassphrase(text, file)) throw backupProblems.error('backup-signing-key-locked', {file}, {location: {file}});
	return openSecretKey(text, file, '');
};

/** The text of `SHA256SUMS.minisig`. @param now milliseconds since the epoch */
export const signatureText = (
	sums: string,
	key: SigningKey,
	{id, run}: Pick<BackupManifest, 'id' | 'run'>,
	now: number,
): string => {
	const words = [
		`timestamp:${Math.floor(now / 1000)}`,
		`file:${backupFiles.checksums}`,
		'hashed',
		`backup:${id}`,
		`run:${run}`,
	];
	return writeMinisig(Buffer.from(sums), key, words.join('\t'));
};

/** A key that cannot be had proves nothing, and must not keep anybody from a restore. */
const pinnedKey = async (file: string | undefined): Promise<PublicKey | undefined> => {
	if (file === undefined) return undefined;
	try {
		return (await openSigningKey(file)).public;
	} catch (error) {
		if (error instanceof ProblemError && error.problem.code === 'signature-key-unreadable') return undefined;
		throw error;
	}
};

const signatureIn = async (folder: string): Promise<Buffer | undefined> => {
	const file = path.join(folder, backupFiles.signature);
	try {
		return await readFile(file);
	} catch (error) {
		if (isErrno(error, 'ENOENT')) return undefined;
		throw unreadable(file, error);
	}
};

/** `told`: who opens it tells that it is not signed. What is restored is never opened so: whoever can write there could take a signature away. */
export type Unsigned = 'told';

type Looking = {
	readonly keyFile: string | undefined;
	readonly purpose: string;
	readonly unsigned?: Unsigned | undefined;
};

/**
 * Looks at the signature of a backup. One that is there must be whole, and must hold where the key is there to check it with;
 * then one must be there, unless somebody said that a scheduled backup without one is to be shown.
 * @param sums the text of `SHA256SUMS`
 * @throws ProblemError `backup-signature-broken`
 */
export const checkSignature = async (
	folder: string,
	sums: string,
	{keyFile, purpose, unsigned}: Looking,
): Promise<ReadBackup['signer']> => {
	const id = path.basename(folder);
	const pinned = await pinnedKey(keyFile);
	const bytes = await signatureIn(folder);
	if (!bytes) {
		const isScheduled = purpose === scheduledPurpose;
		if (!pinned || (isScheduled && unsigned === 'told')) return undefined;
		throw backupProblems.error('backup-signature-broken', {case: isScheduled ? 'scheduled' : 'missing', id});
	}
	const minisig = readMinisig(bytes);
	if ('case' in minisig) throw backupProblems.error('backup-signature-broken', {case: 'damaged', id});
	const {keyId, trustedComment: comment} = minisig;
	if (!pinned) return {keyId, comment, proven: false};
	const fault = minisigFault(minisig, Buffer.from(sums), pinned);
	if (fault === undefined) return {keyId, comment, proven: true};
	throw backupProblems.error('backup-signature-broken', {case: fault, id, signer: keyId, pinned: pinned.id});
};
