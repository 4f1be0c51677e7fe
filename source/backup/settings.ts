import type {Readers} from './age/encrypt.ts';
import {backupProblems} from './problems.ts';
import type {BackupManifest} from './types.ts';

/** What the answers say of backups. */
export type BackupSettings = {
	/** Absolute. */
	readonly folder: string;
	readonly encryption: 'age' | 'none';
	/** Public keys; where there are some, a passphrase is not used to encrypt. */
	readonly recipients: readonly string[];
	readonly passphrase?: (() => Promise<string>) | undefined;
	/** File with private keys, absolute. */
	readonly identity?: string | undefined;
	/** File with the key that signs, absolute. */
	readonly signingKey?: string | undefined;
	/** Name and version of this tool. */
	readonly tool: string;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	/** Takes private keys that were read, for the redactor. */
	readonly onSecret: (value: string) => void;
};

/** What of the settings a manifest says. */
export const readersIn = ({
	encryption,
	recipients,
}: BackupSettings): Pick<BackupManifest, 'encryption' | 'recipients'> => ({
	encryption,
	recipients: encryption === 'age' ? recipients : [],
});

/**
 * Who a backup is encrypted for; undefined where it is not.
 * @throws ProblemError `backup-encryption-missing`; what the passphrase's reference throws
 */
export const readersOf = async ({encryption, recipients, passphrase}: BackupSettings): Promise<Readers | undefined> => {
	if (encryption === 'none') return undefined;
	if (recipients.length > 0) return {recipients};
	if (passphrase) return {passphrase: await passphrase()};
	throw backupProblems.error('backup-encryption-missing', {});
};
