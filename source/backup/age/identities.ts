import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import {Decrypter} from 'age-encryption';
import {errnoWords, isSystemError} from '../../base/errno.ts';
import {kindOf, readStart} from '../../base/reading/regular.ts';
import {backupProblems} from '../problems.ts';

/** An identity file is some lines; one with post-quantum keys has some hundred letters more. */
const mostBytes = 64 * 1024;

const refused = (
	file: string,
	given:
		| {readonly case: 'no key' | 'locked'}
		| {readonly case: 'bad key'; readonly line: number}
		| {readonly case: 'another thing'; readonly what: string},
) => backupProblems.error('backup-identity-unreadable', {...given, file}, {location: {file}});

const textOf = async (file: string): Promise<string> => {
	const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const status = await handle.stat();
		if (!status.isFile()) throw refused(file, {case: 'another thing', what: kindOf(status)});
		return (await readStart(handle, mostBytes)).toString('latin1');
	} finally {
		await handle.close();
	}
};

const requireKey = (file: string, key: string, line: number): void => {
	try {
		new Decrypter().addIdentity(key);
	} catch {
		// Its own words might repeat the key.
		throw refused(file, {case: 'bad key', line});
	}
};

/**
 * The private keys in an identity file, as `age-keygen` writes it.
 * @throws ProblemError `backup-identity-unreadable`
 */
export const readIdentities = async (file: string, onSecret: (value: string) => void): Promise<readonly string[]> => {
	const text = await textOf(file).catch((error: unknown) => {
		if (!isSystemError(error)) throw error;
		const reason = errnoWords(error, 'read');
		throw backupProblems.error(
			'backup-identity-unreadable',
			{case: 'refused', file, reason},
			{location: {file}, error},
		);
	});
	if (/^(?:age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE-----)/u.test(text))
		throw refused(file, {case: 'locked'});
	const keys: string[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		const key = line.trim();
		if (!key.startsWith('AGE-SECRET-KEY-')) continue;
		onSecret(key);
		requireKey(file, key, index + 1);
		keys.push(key);
	}
	if (keys.length === 0) throw refused(file, {case: 'no key'});
	return keys;
};
