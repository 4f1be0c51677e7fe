import {archiveProblems} from './problems.ts';
import type {Slice} from './range.ts';
import type {ReadAt} from './slice.ts';

/**
 * Of a compressed archive the first bytes of each member are kept, and all of those that may be manifests, so that reading them
 * needs no second pass. Bytes: looked at, kept of a large one, kept whole at most, kept of all together, and what a kept piece costs
 * besides.
 */
const heads = {start: 512, kept: 16, whole: 1024 * 1024, altogether: 16 * 1024 * 1024, each: 256} as const;

/** A member of a tar: its name as it is claimed there, and where its bytes lie in the archive. */
export type MemberBytes = {readonly name: string; readonly content: number; readonly size: number};

/** Goes to the last byte of a member, for how long a compressed archive is shows only there. @returns what is kept of it */
export type PassMember = (member: MemberBytes) => Promise<Uint8Array | undefined>;

const cutShort = (file: string, {name: member, size}: MemberBytes): Error =>
	archiveProblems.error('bundle-archive-truncated', {case: 'unpacked member', file, member, size}, {location: {file}});

/** @param keep members of up to 1 MiB that will be read soon @throws ProblemError `bundle-archive-truncated` */
export const keepHeads = ({label}: Slice, read: ReadAt, keep: (name: string) => boolean): PassMember => {
	let left: number = heads.altogether;
	const isWhole = ({name, size}: MemberBytes, start: Buffer): boolean => {
		if (size > Math.min(heads.whole, left)) return false;
		// Texts hold no zero byte; layers, which are tars or compressed, do near their start.
		return keep(name) || !start.includes(0);
	};
	return async (member) => {
		const {content, size} = member;
		if (size === 0) return undefined;
		const end = content + size;
		const start = await read(content, Math.min(size, heads.start));
		if (start.length === 0) throw cutShort(label, member);
		const whole = isWhole(member, start);
		const from = Math.max(content + start.length, whole ? 0 : end - 1);
		const rest = await read(from, end - from);
		if (from + rest.length < end) throw cutShort(label, member);
		const head = whole ? Buffer.concat([start, rest]) : start.subarray(0, heads.kept);
		if (left < head.length + heads.each) return undefined;
		left -= head.length + heads.each;
		return Uint8Array.from(head);
	};
};
