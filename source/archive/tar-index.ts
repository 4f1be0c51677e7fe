import {bundleProblem, damaged, truncated} from './problems.ts';
import {chunkBytes, type ReadAt, type Slice, withReader} from './slice.ts';
import {type Pending, readExtension} from './tar-extension.ts';
import {blockBytes, parseTarHeader} from './tar-header.ts';

/** A member of a tar: where its bytes lie, or for a link what it points at. */
export type TarEntry = {
	readonly kind: 'file' | 'link' | 'symlink' | 'folder' | 'other';
	readonly slice: Slice;
	readonly target: string;
};

/** `complete` is false when the archive lacks its closing zero blocks: a sign that its end is missing. */
export type TarIndex = {readonly entries: ReadonlyMap<string, TarEntry>; readonly complete: boolean};

/**
 * Of a compressed archive: the first bytes of each member are kept, and all of those that may be manifests, so that
 * reading them needs no second pass. Bytes: looked at, kept of a large one, kept whole at most, kept of all together, and
 * what a kept piece costs besides.
 */
const heads = {start: 512, kept: 16, whole: 1024 * 1024, altogether: 16 * 1024 * 1024, each: 256} as const;

const maximumEntries = 200_000;
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

const outside = (label: string, name: string): Error =>
	bundleProblem({
		code: 'bundle-archive-unsafe',
		message: `${label} holds a member that points out of the archive: ${JSON.stringify(name.slice(0, 200))}.`,
		cause: 'An archive made by `docker save` never does; this file was made or changed by something else.',
		fix: `Do not use this file. Make ${label} anew with \`docker save\` on the connected side.`,
		location: {file: label},
	});

/** Decompresses the rest, which is padding, for the sake of the checksum behind it. */
const readToEnd = async (read: ReadAt, from: number, signal: AbortSignal): Promise<void> => {
	for (let at = from; ; at += chunkBytes) {
		signal.throwIfAborted();
		if ((await read(at, chunkBytes)).length < chunkBytes) return;
	}
};

/**
 * Lists a tar by reading its headers only; contents are skipped by offset. Later members of the same name win, as
 * they do when a tar is unpacked. What comes out of a compressed file is read to its end, so that its own checksum is
 * looked at too.
 * @param keep of a compressed archive: members of up to 1 MiB that will be read soon
 * @throws ProblemError `bundle-archive-truncated`, `bundle-archive-damaged`, `bundle-archive-unsafe`
 */
export const indexTar = (
	archive: Slice,
	signal: AbortSignal,
	keep: (name: string) => boolean = () => false,
): Promise<TarIndex> =>
	withReader(
		archive,
		async (read) => {
			const {label} = archive;
			const entries = new Map<string, TarEntry>();
			let pending: Pending = {};
			let at = 0;
			let count = 0;
			let headsLeft = archive.unpacked ? heads.altogether : 0;
			const tooShort = (name: string, size: number, have: number | string) =>
				truncated(label, `The member ${name} claims ${size} bytes, but only ${have} follow.`);
			/** Goes to the last byte of a member, for how long a compressed archive is shows only there. */
			const pass = async (name: string, content: number, size: number): Promise<Pick<Slice, 'head'>> => {
				if (!archive.unpacked || size === 0) return {};
				const start = await read(content, Math.min(size, heads.start));
				if (start.length === 0) throw tooShort(name, size, 'fewer');
				// Texts hold no zero byte; layers, which are tars or compressed, do near their start.
				const whole = size <= Math.min(heads.whole, headsLeft) && (keep(name) || !start.includes(0));
				const from = whole ? content + start.length : Math.max(content + start.length, content + size - 1);
				const rest = await read(from, content + size - from);
				if (from + rest.length < content + size) throw tooShort(name, size, 'fewer');
				const head = whole ? Buffer.concat([start, rest]) : start.subarray(0, heads.kept);
				if (headsLeft < head.length + heads.each) return {};
				headsLeft -= head.length + heads.each;
				return {head: Uint8Array.from(head)};
			};
			const readAll: ReadAt = async (from, length) => {
				const bytes = await read(from, length);
				if (bytes.length < length) throw truncated(label, `It ends at byte ${from + bytes.length}.`);
				return bytes;
			};
			while (at + blockBytes <= archive.size) {
				signal.throwIfAborted();
				const block = await read(at, blockBytes);
				if (block.length < blockBytes) return {entries, complete: false};
				if (block.every((byte) => byte === 0)) {
					if (archive.size === Number.POSITIVE_INFINITY) await readToEnd(read, at + blockBytes, signal);
					return {entries, complete: true};
				}
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
				const claimed = pending.name ?? header.name;
				if (content + size > archive.size) throw tooShort(claimed, size, archive.size - content);
				if (extends_) {
					const extension = await readExtension(header.type, size, content, readAll, label);
					// A global pax header speaks of the whole archive (a comment, a time), never of a name.
					if (header.type !== 'g') pending = {...pending, ...extension};
				} else {
					const name = cleanPath(claimed);
					if (name === undefined) throw outside(label, claimed);
					const {file, parts, unpacked} = archive;
					const slice = {
						file,
						offset: archive.offset + content,
						size,
						label: `${label}:${name}`,
						...(parts && {parts}),
						...(unpacked && {unpacked}),
						...(await pass(claimed, content, size)),
					};
					const kind = kinds[header.type] ?? 'other';
					if (name !== '') entries.set(name, {kind, slice, target: pending.target ?? header.target});
					pending = {};
				}
				at = content + Math.ceil(size / blockBytes) * blockBytes;
			}
			return {entries, complete: false};
		},
		signal,
	);
