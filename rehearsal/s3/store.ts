import {createHash, randomBytes} from 'node:crypto';
import {createReadStream, createWriteStream} from 'node:fs';
import {mkdir, readdir, rename, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {type Readable, Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {isErrno} from '../../source/base/errno.ts';
import {S3Error} from './types.ts';

/** An object as a list shows it. */
export type S3Object = {readonly key: string; readonly size: number; readonly modified: Date};

/** Objects of one bucket, a file each. */
export type S3Store = {
	/** Puts an object whole or not at all. @param sum SHA-256 that its bytes must have @returns its MD5 */
	readonly put: (key: string, body: Readable, limits: {sum?: string | undefined; most: number}) => Promise<string>;
	readonly find: (key: string) => Promise<S3Object | undefined>;
	readonly read: (key: string) => Readable;
	readonly remove: (key: string) => Promise<void>;
	/** Sorted by key. */
	readonly list: (prefix: string) => Promise<readonly S3Object[]>;
	/** Joins parts to one object. */
	readonly join: (key: string, parts: readonly string[]) => Promise<void>;
};

/** Names of files are bounded; keys of the rehearsal are short. */
const fileOf = (key: string): string => `o-${Buffer.from(key, 'utf8').toString('base64url')}`;
const keyOf = (file: string): string => Buffer.from(file.slice(2), 'base64url').toString('utf8');

const measured = (most: number) => {
	const [sha256, md5] = [createHash('sha256'), createHash('md5')];
	let size = 0;
	const through = new Transform({
		transform: (chunk: Buffer, _encoding, done) => {
			size += chunk.length;
			sha256.update(chunk);
			md5.update(chunk);
			done(size > most ? new S3Error(507, 'QuotaExceeded', 'The quota of the bucket is used up.') : null, chunk);
		},
	});
	return {through, sums: () => ({sha256: sha256.digest('hex'), md5: md5.digest('hex')})};
};

/** @param directory of the bucket */
export const openStore = async (directory: string): Promise<S3Store> => {
	await mkdir(directory, {recursive: true, mode: 0o700});
	const at = (key: string): string => join(directory, fileOf(key));
	const find = async (key: string): Promise<S3Object | undefined> => {
		const found = await stat(at(key)).catch((error: unknown) => {
			if (isErrno(error, 'ENOENT', 'ENAMETOOLONG')) return undefined;
			throw error;
		});
		return found && {key, size: found.size, modified: found.mtime};
	};
	const whole = async (key: string, write: (file: string) => Promise<void>): Promise<void> => {
		const file = join(directory, `new-${randomBytes(8).toString('hex')}`);
		try {
			await write(file);
			await rename(file, at(key));
		} finally {
			await rm(file, {force: true});
		}
	};
	return {
		find,
		put: async (key, body, {sum, most}) => {
			const {through, sums} = measured(most);
			let etag = '';
			await whole(key, async (file) => {
				await pipeline(body, through, createWriteStream(file, {mode: 0o600}));
				const {sha256, md5} = sums();
				if (sum !== undefined && sha256 !== sum)
					throw new S3Error(
						400,
						'XAmzContentSHA256Mismatch',
						"The provided 'x-amz-content-sha256' header does not match.",
					);
				etag = md5;
			});
			return etag;
		},
		read: (key) => createReadStream(at(key)),
		remove: async (key) => rm(at(key), {force: true}),
		list: async (prefix) => {
			const keys = (await readdir(directory)).filter((name) => name.startsWith('o-')).map(keyOf);
			const found = await Promise.all(
				keys
					.filter((key) => key.startsWith(prefix))
					.sort()
					.map(find),
			);
			return found.filter((one) => one !== undefined);
		},
		join: async (key, parts) => {
			await whole(key, async (file) => {
				for (const part of parts)
					await pipeline(createReadStream(at(part)), createWriteStream(file, {flags: 'a', mode: 0o600}));
			});
			for (const part of parts) await rm(at(part), {force: true});
		},
	};
};
