import {blockBytes} from '../../archive/tar-header.ts';

/** A member of a tar as `bundle split` writes it. `size` in bytes, `time` in whole seconds since the epoch. */
export type Member = {
	readonly name: string;
	readonly kind: 'file' | 'folder';
	readonly size: number;
	readonly mode: number;
	readonly time: number;
};

/** Bytes up to the next block. */
export const paddingOf = (size: number): number => (blockBytes - (size % blockBytes)) % blockBytes;

/** The two empty blocks that close a tar. */
export const tarEnd = Buffer.alloc(2 * blockBytes);

/** The most that eleven octal digits hold. */
const largestOctal = 8 ** 11 - 1;

/** One ustar header (IEEE Std 1003.1, pax interchange format). The name is short enough, the size fits. */
const ustar = (name: string, type: string, {size, mode, time}: Pick<Member, 'size' | 'mode' | 'time'>): Buffer => {
	const block = Buffer.alloc(blockBytes);
	const octal = (value: number, at: number, digits: number) =>
		block.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
	block.write(name, 0, 100, 'utf8');
	octal(mode, 100, 7);
	octal(0, 108, 7);
	octal(0, 116, 7);
	octal(Math.min(size, largestOctal), 124, 11);
	octal(time, 136, 11);
	block.write(type, 156, 'latin1');
	block.write('ustar\x0000', 257, 'latin1');
	// The checksum counts its own eight bytes as spaces.
	block.fill(0x20, 148, 156);
	const sum = block.reduce((total, byte) => total + byte, 0);
	block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
	return block;
};

/** `<length> <key>=<value>\n`, where the length counts itself. */
const paxRecord = (key: string, value: string): string => {
	const rest = Buffer.byteLength(` ${key}=${value}\n`);
	let length = rest + String(rest).length;
	length = rest + String(length).length;
	return `${length} ${key}=${value}\n`;
};

/** The name for readers that do not know pax; those that do take the whole one from there. */
const shortened = (name: string): string =>
	Buffer.from(name)
		.subarray(0, 100)
		.toString('latin1')
		.replaceAll(/[^ -~]/gu, '_');

/** The header of a member, with a pax header before it where the name or the size does not fit into ustar. */
export const tarHeader = (member: Member): Buffer => {
	const name = member.kind === 'folder' ? `${member.name}/` : member.name;
	const long = Buffer.byteLength(name) > 100;
	const records = [
		...(long ? [paxRecord('path', name)] : []),
		...(member.size > largestOctal ? [paxRecord('size', String(member.size))] : []),
	].join('');
	const type = member.kind === 'folder' ? '5' : '0';
	if (records === '') return ustar(name, type, member);
	const pax = Buffer.from(records);
	return Buffer.concat([
		ustar('pax', 'x', {size: pax.length, mode: 0o644, time: member.time}),
		pax,
		Buffer.alloc(paddingOf(pax.length)),
		ustar(long ? shortened(name) : name, type, member),
	]);
};
