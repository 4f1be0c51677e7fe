import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {sizeOfFile, writeWhole} from './files.ts';
import {makeFolders} from './folders.ts';
import {makeOwnFolder} from './own/make.ts';

/**
 * A block of exact text for other people: DNS records, a script. `fileName` is used when the pack is saved. A `script` may be run; the
 * lines of `base64` are bytes in that encoding (RFC 4648), and saved as those bytes; a `secret` is never shown, and is for the operator alone.
 */
export type HandoverSection = {
	readonly title: string;
	readonly fileName: string;
	readonly lines: readonly string[];
	readonly kind?: 'script' | 'base64' | 'secret';
};

/** What the file of a section holds. */
export const contentOf = ({lines, kind}: HandoverSection): Uint8Array =>
	kind === 'base64' ? Buffer.from(lines.join(''), 'base64') : Buffer.from(`${lines.join('\n')}\n`, 'utf8');

/** Modes of a file by who may read it: the operator alone, or everybody. A script may be run too. */
const modeOf = ({kind}: HandoverSection, isShared: boolean): number => {
	if (!isShared || kind === 'secret') return kind === 'script' ? 0o700 : 0o600;
	return kind === 'script' ? 0o755 : 0o644;
};

const isWritten = async (file: string, content: Uint8Array): Promise<boolean> => {
	if ((await sizeOfFile(file)) !== content.length) return false;
	return (await readFile(file)).equals(content);
};

/**
 * Writes the files of a pack; what is there and the same is left as it is, and nothing else in the folder is touched. Resolves with the folder.
 * @param isShared whether others may read the files, as in a folder that is handed on; else the operator alone
 * @throws the error of the file system; ProblemError `folder-not-ours`
 */
export const savePack = async (
	folder: string,
	sections: readonly HandoverSection[],
	{isShared = false}: {readonly isShared?: boolean} = {},
): Promise<string> => {
	if (isShared) await makeFolders(folder, 0o755);
	else await makeOwnFolder(folder);
	for (const section of sections) {
		const file = path.join(folder, section.fileName);
		const content = contentOf(section);
		if (!(await isWritten(file, content))) await writeWhole(file, content, {mode: modeOf(section, isShared)});
	}
	return folder;
};
