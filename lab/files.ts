import {readFile, rename, writeFile} from 'node:fs/promises';

/**
 * Writes a file, mode 0600, only when its content changes, and whole or not at all: daemons watch their files, and kube-proxy ends
 * when one is written anew. @returns true when it was written.
 */
export const writeWhenChanged = async (file: string, text: string): Promise<boolean> => {
	if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return false;
	await writeFile(`${file}.new`, text, {mode: 0o600});
	await rename(`${file}.new`, file);
	return true;
};
