/** A block of a PEM file; `line` counts from 1. */
export type Block = {
	readonly label: string;
	readonly line: number;
	/** Header lines of the old form (RFC 1421, 4.6). */
	readonly headers: readonly string[];
	/** Base64 without blanks, as it was written. */
	readonly body: string;
};

/** Why a text cannot be taken apart into blocks, and in which line. */
export type BlockFault = {
	readonly kind: 'glued' | 'boundary' | 'cut off' | 'no beginning' | 'other end';
	readonly line: number;
};

type Boundary = {readonly mark: 'BEGIN' | 'END'; readonly label: string};
type Opened = {readonly label: string; readonly line: number; readonly lines: string[]};

const whole = /^-----(BEGIN|END) ([^-]{1,64})-----$/u;

// A mark that lost dashes or its line, but no comment such as `--- Begin of the company's CAs ---`.
const likeOne =
	/-----\s?(?:BEGIN|END)\b|-{2,4}(?:BEGIN|END) [A-Z0-9 ]{0,20}(?:CERTIFICATE|KEY)|(?:BEGIN|END) [A-Z0-9 ]{0,20}(?:CERTIFICATE|KEY)-{2}/u;

/** The boundary that a line is, or what is wrong with one; undefined for every other line. */
const boundaryIn = (line: string): Boundary | 'glued' | 'boundary' | undefined => {
	const [, mark, label] = whole.exec(line) ?? [];
	if (mark !== undefined && label !== undefined) return {mark: mark as Boundary['mark'], label};
	// Lenient readers find both blocks; OpenSSL and Go do not.
	if (/^-----END [^-]{1,64}-{5,10}BEGIN /u.test(line)) return 'glued';
	return likeOne.test(line) ? 'boundary' : undefined;
};

const faultAt = (found: ReturnType<typeof boundaryIn>, opened: Opened | undefined): BlockFault['kind'] | undefined => {
	if (found === undefined || typeof found === 'string') return found;
	if (found.mark === 'BEGIN') return opened ? 'cut off' : undefined;
	if (!opened) return 'no beginning';
	return found.label === opened.label ? undefined : 'other end';
};

const isHeader = (line: string): boolean => line.includes(':');

const blockOf = ({label, line, lines}: Opened): Block => ({
	label,
	line,
	headers: lines.filter(isHeader),
	body: lines
		.filter((one) => !isHeader(one))
		.join('')
		.replaceAll(/\s/gu, ''),
});

/**
 * The PEM blocks of a text (RFC 7468), in order, as strict readers find them: each boundary on a line of its own, and no block that
 * is only half there. Text between blocks and the kind of line break do not matter.
 */
export const blocksOf = (text: string): {readonly blocks: readonly Block[]} | {readonly fault: BlockFault} => {
	const blocks: Block[] = [];
	let opened: Opened | undefined;
	for (const [index, raw] of text.split(/\r\n|\n|\r/u).entries()) {
		const trimmed = raw.trim();
		const found = boundaryIn(trimmed);
		const kind = faultAt(found, opened);
		if (kind !== undefined) return {fault: {kind, line: index + 1}};
		if (typeof found === 'string' || found === undefined) opened?.lines.push(trimmed);
		else if (found.mark === 'BEGIN') opened = {label: found.label, line: index + 1, lines: []};
		else if (opened) {
			blocks.push(blockOf(opened));
			opened = undefined;
		}
	}
	return opened ? {fault: {kind: 'cut off', line: opened.line}} : {blocks};
};

const base64 = /^[A-Za-z0-9+/]*={0,2}$/u;

/** The bytes of a block; undefined where its base64 is cut or holds something else. */
export const bytesOf = ({body}: Pick<Block, 'body'>): Buffer | undefined =>
	body.length > 0 && body.length % 4 === 0 && base64.test(body) ? Buffer.from(body, 'base64') : undefined;

/** A block as RFC 7468 has it written, with the line break at its end. */
export const pemOf = (label: string, bytes: Buffer): string => {
	const lines = bytes.toString('base64').match(/.{1,64}/gu) ?? [];
	return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
};
