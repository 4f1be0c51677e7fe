import {cutTo} from '../base/text.ts';
import {cleanPath} from './clean-path.ts';
import {keepHeads, type PassMember} from './member-heads.ts';
import {archiveProblems} from './problems.ts';
import {chunkBytes, type ReadAt, type Slice, withReader} from './slice.ts';
import {isExtension, type Pending, readExtension} from './tar-extension.ts';
import {blockBytes, parseTarHeader, type TarHeader} from './tar-header.ts';

/** A member of a tar: where its bytes lie, or for a link what it points at. */
export type TarEntry = {
	readonly kind: 'file' | 'link' | 'symlink' | 'folder' | 'other';
	readonly slice: Slice;
	readonly target: string;
};

/** `complete` is false when the archive lacks its closing zero blocks: a sign that its end is missing. */
export type TarIndex = {readonly entries: ReadonlyMap<string, TarEntry>; readonly complete: boolean};

const maximumEntries = 200_000;
const kinds: Readonly<Record<string, TarEntry['kind']>> = {0: 'file', 1: 'link', 2: 'symlink', 5: 'folder'};

/** A tar that is being listed. */
type OpenTar = {
	readonly archive: Slice;
	readonly read: ReadAt;
	readonly pass: PassMember;
	readonly signal: AbortSignal;
};

/** What a header says, together with those before it that only describe it; offsets in bytes from the start of the archive. */
type Member = {
	readonly header: TarHeader;
	/** As it is claimed, which may lead out of the archive. */
	readonly name: string;
	readonly target: string;
	readonly size: number;
	readonly content: number;
	/** Where the next header is. */
	readonly next: number;
};

/** Decompresses the rest, which is padding, for the sake of the checksum behind it. */
const readToEnd = async ({read, signal}: OpenTar, from: number): Promise<void> => {
	for (let at = from; ; at += chunkBytes) {
		signal.throwIfAborted();
		if ((await read(at, chunkBytes)).length < chunkBytes) return;
	}
};

/** The header at a place; `end` where the archive is closed there, `cut` where it has nothing more. */
const headerAt = async (tar: OpenTar, at: number): Promise<TarHeader | 'end' | 'cut'> => {
	const {archive, read, signal} = tar;
	signal.throwIfAborted();
	if (at + blockBytes > archive.size) return 'cut';
	const block = await read(at, blockBytes);
	if (block.length < blockBytes) return 'cut';
	if (block.every((byte) => byte === 0)) {
		if (archive.size === Number.POSITIVE_INFINITY) await readToEnd(tar, at + blockBytes);
		return 'end';
	}
	const header = parseTarHeader(block);
	if (header) return header;
	const file = archive.label;
	const fault = at === 0 ? 'no tar' : 'tar header';
	throw archiveProblems.error('bundle-archive-damaged', {case: fault, file, at}, {location: {file}});
};

/** Links have no content, whatever their header says; of other members a pax header may say more than their own can. */
const sizeOf = (header: TarHeader, pending: Pending): number => {
	if (isExtension(header)) return header.size;
	return header.type === '1' || header.type === '2' ? 0 : (pending.size ?? header.size);
};

const memberOf = (header: TarHeader, at: number, pending: Pending): Member => {
	const size = sizeOf(header, pending);
	const content = at + blockBytes;
	return {
		header,
		name: pending.name ?? header.name,
		target: pending.target ?? header.target,
		size,
		content,
		next: content + Math.ceil(size / blockBytes) * blockBytes,
	};
};

/** What lies there of a sparse member is not its content. */
const requireDense = ({archive: {label: file}}: OpenTar, {header, name: member}: Member, pending: Pending): void => {
	if (header.type !== 'S' && !pending.sparse) return;
	throw archiveProblems.error('bundle-archive-sparse', {file, member}, {location: {file}});
};

const requireContent = ({archive}: OpenTar, {name: member, size, content}: Member): void => {
	const have = archive.size - content;
	if (size <= have) return;
	const file = archive.label;
	throw archiveProblems.error(
		'bundle-archive-truncated',
		{case: 'member', file, member, size, have},
		{location: {file}},
	);
};

const requireFew = ({archive: {label: file}}: OpenTar, count: number): void => {
	if (count <= maximumEntries) return;
	throw archiveProblems.error(
		'bundle-archive-damaged',
		{case: 'too many members', file, most: maximumEntries},
		{location: {file}},
	);
};

/** What a member says of the next one. */
const extensionOf = ({archive: {label}, read}: OpenTar, {header, size, content}: Member): Promise<Pending> =>
	readExtension(header, {
		label,
		from: content,
		read: async () => {
			const bytes = await read(content, size);
			if (bytes.length === size) return bytes;
			const at = content + bytes.length;
			throw archiveProblems.error(
				'bundle-archive-truncated',
				{case: 'unpacked', file: label, at},
				{location: {file: label}},
			);
		},
	});

const pathOf = ({archive: {label: file}}: OpenTar, {name}: Member): string => {
	const path = cleanPath(name);
	if (path !== undefined) return path;
	const member = JSON.stringify(cutTo(name, 200));
	throw archiveProblems.error('bundle-archive-unsafe', {case: 'member', file, member}, {location: {file}});
};

const entryOf = async (tar: OpenTar, path: string, member: Member): Promise<TarEntry> => {
	const {file, offset, label, parts, unpacked} = tar.archive;
	const {header, size, content, target} = member;
	const head = await tar.pass(member);
	return {
		kind: kinds[header.type] ?? 'other',
		slice: {file, offset: offset + content, size, label: `${label}:${path}`, parts, unpacked, head},
		target,
	};
};

const listTar = async (tar: OpenTar): Promise<TarIndex> => {
	const entries = new Map<string, TarEntry>();
	let pending: Pending = {};
	let at = 0;
	for (let count = 1; ; count++) {
		const header = await headerAt(tar, at);
		if (header === 'end' || header === 'cut') return {entries, complete: header === 'end'};
		requireFew(tar, count);
		const member = memberOf(header, at, pending);
		if (!isExtension(header)) requireDense(tar, member, pending);
		requireContent(tar, member);
		if (isExtension(header)) pending = {...pending, ...(await extensionOf(tar, member))};
		else {
			const path = pathOf(tar, member);
			const entry = await entryOf(tar, path, member);
			if (path !== '') entries.set(path, entry);
			pending = {};
		}
		at = member.next;
	}
};

/** How long an archive is on disk is known before it is read. */
const passNothing: PassMember = async () => undefined;

/**
 * Lists a tar by reading its headers only; contents are skipped by offset. Later members of the same name win, as
 * they do when a tar is unpacked. What comes out of a compressed file is read to its end, so that its own checksum is
 * looked at too.
 * @param keep of a compressed archive: members of up to 1 MiB that will be read soon
 * @throws ProblemError `bundle-archive-truncated`, `bundle-archive-damaged`, `bundle-archive-unsafe`, `bundle-archive-sparse`
 */
export const indexTar = (
	archive: Slice,
	signal: AbortSignal,
	keep: (name: string) => boolean = () => false,
): Promise<TarIndex> =>
	withReader(
		archive,
		(read) => listTar({archive, read, pass: archive.unpacked ? keepHeads(archive, read, keep) : passNothing, signal}),
		signal,
	);
