import {bundleProblem, damaged, truncated} from './problems.ts';
import {type ReadAt, type Slice, withReader} from './slice.ts';
import {blockBytes, parsePax, parseTarHeader} from './tar-header.ts';

/** A member of a tar: where its bytes lie, or for a link what it points at. */
export type TarEntry = {
	readonly kind: 'file' | 'link' | 'symlink' | 'folder' | 'other';
	readonly slice: Slice;
	readonly target: string;
};

/** `complete` is false when the archive lacks its closing zero blocks: a sign that its end is missing. */
export type TarIndex = {readonly entries: ReadonlyMap<string, TarEntry>; readonly complete: boolean};

const maximumEntries = 200_000;
const maximumExtension = 1024 * 1024;
const kinds: Readonly<Record<string, TarEntry['kind']>> = {0: 'file', 1: 'link', 2: 'symlink', 5: 'folder'};

/** `./a//b/` → `a/b`. @returns `undefined` for a path that leads out of the archive */
export const cleanPath = (path: string): string | undefined => {
	if (path.startsWith('/') || path.includes('\0') || path.includes('\\')) return undefined;
	const parts: string[] = [];
	for (const part of path.split('/')) {
		if (part === '' || part === '.') continue;
		if (part !== '..') parts.push(part);
		else if (parts.pop() === undefined) return undefined;
	}
	return parts.join('/');
};

type Pending = {name?: string; target?: string; size?: number};

/** What a header that only describes the next member says about it. */
const readExtension = async (
	type: string,
	size: number,
	from: number,
	read: ReadAt,
	label: string,
): Promise<Pending> => {
	const bad = (cause: string) =>
		damaged('bundle-archive-damaged', label, `${label} is damaged at byte ${from}.`, cause);
	if (size > maximumExtension)
		throw bad(`A header extension claims ${size} bytes; 1 MiB is the most that makes sense.`);
	const bytes = await read(from, size);
	if (type === 'L') return {name: bytes.toString('utf8').replace(/\0.*$/su, '')};
	if (type === 'K') return {target: bytes.toString('utf8').replace(/\0.*$/su, '')};
	const records = parsePax(bytes);
	if (!records) throw bad('A pax header does not add up.');
	const name = records.get('path');
	const target = records.get('linkpath');
	const length = records.get('size');
	if (length !== undefined && !/^\d{1,15}$/u.test(length)) throw bad('A pax header gives a size that is no number.');
	return {
		...(name === undefined ? {} : {name}),
		...(target === undefined ? {} : {target}),
		...(length === undefined ? {} : {size: Number(length)}),
	};
};

/**
 * Lists a tar by reading its headers only; contents are skipped by offset. Later members of the same name win, as
 * they do when a tar is unpacked.
 * @throws ProblemError `bundle-archive-truncated`, `bundle-archive-damaged`, `bundle-archive-unsafe`
 */
export const indexTar = (archive: Slice, signal: AbortSignal): Promise<TarIndex> =>
	withReader(archive, async (read) => {
		const {label} = archive;
		const entries = new Map<string, TarEntry>();
		let pending: Pending = {};
		let at = 0;
		let count = 0;
		while (at + blockBytes <= archive.size) {
			signal.throwIfAborted();
			const block = await read(at, blockBytes);
			if (block.every((byte) => byte === 0)) return {entries, complete: true};
			const header = parseTarHeader(block);
			if (!header) {
				const cause =
					at === 0
						? 'Its first 512 bytes are no tar header.'
						: 'The header there fails its checksum: bytes were changed or lost on the way.';
				throw damaged('bundle-archive-damaged', label, `${label} is not a sound tar file (byte ${at}).`, cause);
			}
			if (++count > maximumEntries) {
				const cause = `It lists more than ${maximumEntries} members; an image archive has some hundred.`;
				throw damaged('bundle-archive-damaged', label, `${label} is not an image archive.`, cause);
			}
			const extends_ = 'xgLK'.includes(header.type);
			const linked = header.type === '1' || header.type === '2';
			const size = extends_ ? header.size : linked ? 0 : (pending.size ?? header.size);
			const content = at + blockBytes;
			if (content + size > archive.size) {
				const cause = `The member ${pending.name ?? header.name} claims ${size} bytes, but only ${archive.size - content} follow.`;
				throw truncated(label, cause);
			}
			if (extends_) {
				const extension = await readExtension(header.type, size, content, read, label);
				// A global pax header speaks of the whole archive (a comment, a time), never of a name.
				if (header.type !== 'g') pending = {...pending, ...extension};
			} else {
				const raw = pending.name ?? header.name;
				const name = cleanPath(raw);
				if (name === undefined) {
					throw bundleProblem({
						code: 'bundle-archive-unsafe',
						message: `${label} holds a member that points out of the archive: ${JSON.stringify(raw.slice(0, 200))}.`,
						cause: 'An archive made by `docker save` never does; this file was made or changed by something else.',
						fix: `Do not use this file. Make ${label} anew with \`docker save\` on the connected side.`,
						location: {file: label},
					});
				}
				const slice = {file: archive.file, offset: archive.offset + content, size, label: `${label}:${name}`};
				const kind = kinds[header.type] ?? 'other';
				if (name !== '') entries.set(name, {kind, slice, target: pending.target ?? header.target});
				pending = {};
			}
			at = content + Math.ceil(size / blockBytes) * blockBytes;
		}
		return {entries, complete: false};
	});
