// What takes long to make is kept outside the work tree, by what it is made of.
import {createHash, randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readFile, rename, rm} from 'node:fs/promises';
import {homedir} from 'node:os';
import path from 'node:path';

const cacheBase = () =>
	path.isAbsolute(process.env.XDG_CACHE_HOME ?? '') ? process.env.XDG_CACHE_HOME : path.join(homedir(), '.cache');

const folder = path.join(cacheBase(), 'zenml-airgap', 'package');

/** SHA-256 of a file as hex. */
export const sha256Of = async (file) =>
	createHash('sha256')
		.update(await readFile(file))
		.digest('hex');

/**
 * A file by its name, made unless it is there; another process may make it at the same time.
 * @param {string} name with a hash in it of all that it is made of
 * @param {(file: string) => Promise<unknown>} make writes it
 */
export const kept = async (name, make) => {
	const file = path.join(folder, name);
	if (existsSync(file)) return file;
	await mkdir(folder, {recursive: true, mode: 0o700});
	const own = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
	try {
		await make(own);
		await rename(own, file);
	} finally {
		await rm(own, {force: true});
	}
	return file;
};
