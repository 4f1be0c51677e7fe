import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {sizeOfFile, takeAway, writeWhole} from './files.ts';
import {makeFolders} from './folders.ts';
import {makeOwnFolder} from './own/make.ts';
import {keepEdited} from './pack/edited.ts';
import {digestOf, foundAt, ofSecret, type PackRecord, readRecord, writeRecord} from './pack/record.ts';

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

const digestsOf = (section: HandoverSection): string =>
	section.kind === 'secret' ? ofSecret : digestOf(contentOf(section));

/** Names of files of a pack under which something lies that this program did not write, or that was changed since. @throws the error of the file system */
export const filesInTheWay = async (
	folder: string,
	sections: readonly HandoverSection[],
): Promise<readonly string[]> => {
	const record = await readRecord(folder);
	const names: string[] = [];
	for (const section of sections) {
		const {fileName} = section;
		const mine = new Set([...(record.get(fileName) ?? []), digestOf(contentOf(section))]);
		if ((await foundAt(path.join(folder, fileName), mine)) === 'other') names.push(fileName);
	}
	return names;
};

/** Names of files of a pack that lie in its folder as they are to be: what was written of one that failed on the way. */
export const filesWritten = async (
	folder: string,
	sections: readonly HandoverSection[],
): Promise<readonly string[]> => {
	const names: string[] = [];
	for (const section of sections)
		if (await isWritten(path.join(folder, section.fileName), contentOf(section))) names.push(section.fileName);
	return names;
};

/** A pack that was written, and what became of files of an earlier one that are not of this one. */
export type SavedPack = {
	readonly folder: string;
	/** Names of files that were removed. */
	readonly removed: readonly string[];
	/** Names of files that were left: somebody changed them. */
	readonly left: readonly string[];
	/** Names of files that somebody changed, and that have nothing new to say: they lie there as they were. */
	readonly edited: readonly string[];
	/** The names under which changed files are kept that were written anew. */
	readonly aside: readonly string[];
};

/** How a pack is written. */
export type PackOptions = {
	/** Whether others may read the files, as in a folder that is handed on; else the operator alone. */
	readonly isShared?: boolean;
	/** Whether secrets of an earlier pack stay, which this one does not have; true where nothing is said. */
	readonly keepsSecrets?: boolean;
};

/** Removes what an earlier pack wrote and this one has not. @returns what is left of the record, too */
const removeOld = async (
	folder: string,
	old: PackRecord,
	keepsSecrets: boolean,
): Promise<Pick<SavedPack, 'removed' | 'left'> & {readonly record: PackRecord}> => {
	const [removed, left, record] = [[] as string[], [] as string[], new Map<string, ReadonlySet<string>>()];
	for (const [name, digests] of old) {
		const found = await foundAt(path.join(folder, name), digests);
		const isKept = keepsSecrets && digests.has(ofSecret);
		if (found === 'nothing') continue;
		if (found === 'ours' && !isKept) {
			await takeAway(path.join(folder, name));
			removed.push(name);
			continue;
		}
		record.set(name, digests);
		if (!isKept) left.push(name);
	}
	return {removed, left, record};
};

/** Writes what is not there as it is to be; what somebody changed is kept. */
const writeSections = async (
	folder: string,
	sections: readonly HandoverSection[],
	{earlier, isShared}: {readonly earlier: PackRecord; readonly isShared: boolean},
): Promise<Pick<SavedPack, 'edited' | 'aside'>> => {
	const [edited, aside] = [[] as string[], [] as string[]];
	for (const section of sections) {
		const {fileName} = section;
		const file = path.join(folder, fileName);
		const content = contentOf(section);
		if (await isWritten(file, content)) continue;
		const deed = await keepEdited(file, earlier.get(fileName) ?? new Set(), digestsOf(section));
		if (deed.kind === 'leave') edited.push(fileName);
		else await writeWhole(file, content, {mode: modeOf(section, isShared)});
		if (deed.kind === 'aside') aside.push(deed.name);
	}
	return {edited, aside};
};

/**
 * Writes the files of a pack into a folder of its own. What is there and the same is left as it is; what an earlier pack wrote there and this
 * one has not is removed, unless somebody changed it; no other file is touched. Whether a file of somebody else has the name of one of these
 * is asked first (`filesInTheWay`) where it must not be moved: here one that was changed stays as long as there is nothing new to write, and
 * else gets another name.
 * @throws the error of the file system; ProblemError `folder-not-ours`
 */
export const savePack = async (
	folder: string,
	sections: readonly HandoverSection[],
	{isShared = false, keepsSecrets = true}: PackOptions = {},
): Promise<SavedPack> => {
	if (isShared) await makeFolders(folder, 0o755);
	else await makeOwnFolder(folder);
	const earlier = await readRecord(folder);
	const own = new Map(sections.map((section) => [section.fileName, new Set([digestsOf(section)])]));
	// Killed on the way, the next run knows both what was there and what was to come.
	const both = [...own].map(([name, digests]) => [name, new Set([...(earlier.get(name) ?? []), ...digests])] as const);
	await writeRecord(folder, new Map([...earlier, ...both]));
	const kept = await writeSections(folder, sections, {earlier, isShared});
	const old = new Map([...earlier].filter(([name]) => !own.has(name)));
	const {removed, left, record} = await removeOld(folder, old, keepsSecrets);
	await writeRecord(folder, new Map([...record, ...own]));
	return {folder, removed, left, ...kept};
};
