import {printable} from '../../base/printable.ts';
import {counted} from '../../base/text.ts';
import {formatMoment} from '../../base/units.ts';
import {hexOf} from '../../oci/digest.ts';

/** A file and its SHA-256 (`sha256:` and hex); sizes in bytes. */
export type SheetFile = {readonly path: string; readonly size: number; readonly digest: string};

/** What is printed. Absent is what the bundle does not say. */
export type Sheet = {
	/** It is the sample that rehearsals install: what is signed for it counts nowhere. */
	readonly isSample: boolean;
	readonly digest: string;
	readonly created: string | undefined;
	readonly madeBy: string | undefined;
	readonly controlPlane: string;
	readonly workspaces: readonly string[];
	readonly platforms: readonly string[];
	/** What a differential bundle was made against. */
	readonly base: string | undefined;
	readonly signer: {readonly keyId: string; readonly comment: string} | undefined;
	readonly carried:
		| {readonly kind: 'folder'; readonly name: string; readonly size: number; readonly count: number}
		| {readonly kind: 'tar'; readonly name: string; readonly size: number; readonly digest: string}
		| {readonly kind: 'parts'; readonly name: string; readonly size: number; readonly parts: readonly SheetFile[]};
	readonly images: ReadonlyArray<{
		readonly reference: string;
		readonly digest: string;
		readonly blobs: number;
		readonly bytes: number;
		/** Blobs that a differential bundle leaves out. */
		readonly omitted: number;
	}>;
	readonly files: readonly SheetFile[];
};

const width = 80;
/** A page of paper in a plain font. */
const pageLines = 66;

const grouped = (bytes: number): string => String(bytes).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');

const markOf = ({isSample}: Pick<Sheet, 'isSample'>): string => (isSample ? '   *** REHEARSAL ***' : '');

/** The head of a part; each says whose sheet it is, as any of them may be the only one on its page. */
const rule = (title: string, sheet: Pick<Sheet, 'isSample'>): string => {
	const said = `${title}${markOf(sheet)}`;
	return `-- ${said} ${'-'.repeat(Math.max(0, width - 4 - said.length))}`;
};

/** Left and right on one line; a name that leaves no room loses its middle. */
const pair = (left: string, right: string): string => {
	const room = width - right.length - 2;
	const half = Math.floor((room - 3) / 2);
	const plain = printable(left);
	const name = plain.length > room ? `${plain.slice(0, room - 3 - half)}...${plain.slice(plain.length - half)}` : plain;
	return `${name}${' '.repeat(width - name.length - right.length)}${right}`;
};

/** Breaks at spaces where that is possible. */
const wrap = (text: string, indent: string): readonly string[] => {
	const room = width - indent.length;
	const lines: string[] = [];
	let rest = printable(text);
	while (rest.length > room) {
		const space = rest.lastIndexOf(' ', room);
		const end = space > room / 2 ? space : room;
		lines.push(rest.slice(0, end));
		rest = rest.slice(end).trimStart();
	}
	return [...lines, rest].map((line) => `${indent}${line}`.trimEnd());
};

const field = (name: string, value: string): readonly string[] => {
	const [first = '', ...more] = wrap(value, ' '.repeat(9));
	return [`${name.padEnd(9)}${first.trimStart()}`, ...more];
};

/** The time that minisign puts into its comments, for people. */
const timeOf = (comment: string): string => {
	const seconds = Number(/\btimestamp:(\d{1,11})\b/u.exec(comment)?.[1]);
	return Number.isNaN(seconds) ? '' : ` on ${formatMoment(seconds * 1000)}`;
};

const carriedAs = ({carried}: Sheet): readonly string[] => {
	const total = `${grouped(carried.size)} bytes`;
	switch (carried.kind) {
		case 'folder':
			return field('Carried', `folder ${carried.name}, ${counted(carried.count, 'file')}, ${total}`);
		case 'tar':
			return [...field('Carried', `${carried.name}, ${total}`), ...field('SHA-256', hexOf(carried.digest))];
		case 'parts':
			return field('Carried', `${counted(carried.parts.length, 'part')} of ${carried.name}, ${total}`);
	}
};

const partLines = (sheet: Sheet): readonly string[] => {
	const {carried} = sheet;
	return carried.kind !== 'parts'
		? []
		: [
				rule('Parts: number, SHA-256, bytes', sheet),
				...carried.parts.map(({path, size, digest}) => {
					const number = printable(path.startsWith(`${carried.name}.`) ? path.slice(carried.name.length + 1) : path);
					return `${number} ${hexOf(digest)} ${String(size).padStart(width - 66 - number.length)}`;
				}),
			];
};

/** Lines for two hands to write on, twice: to the courier, and from the courier. */
const handOver = (sheet: Sheet): readonly string[] => {
	const blank = (name: string, other: string): string =>
		`${name.padEnd(11)}${'.'.repeat(27)}   ${other.padEnd(11)}${'.'.repeat(28)}`;
	return [
		rule('Hand-over', sheet),
		...[1, 2].flatMap(() => [
			'',
			blank('From', 'To'),
			'',
			blank('Date, time', 'Place'),
			'',
			blank('Signature', 'Signature'),
		]),
	];
};

const signerLines = ({signer}: Sheet): readonly string[] =>
	signer
		? [...field('Signed', `by key ${signer.keyId}${timeOf(signer.comment)}`), ...field('', signer.comment)]
		: field('Signed', 'by nobody');

const imageLines = (sheet: Sheet): readonly string[] => [
	rule(`Images: ${sheet.images.length}; layers that they share lie there once`, sheet),
	...sheet.images.flatMap(({reference, digest, blobs, bytes, omitted}) => [
		pair(reference, `${blobs} blobs, ${grouped(bytes)} bytes${omitted > 0 ? `, ${omitted} not in here` : ''}`),
		`  ${digest}`,
	]),
];

/** All that stands above the files. */
const head = (sheet: Sheet): readonly string[] => [
	`CUSTODY SHEET: air-gap bundle of ZenML Pro${markOf(sheet)}`,
	'='.repeat(width),
	...carriedAs(sheet),
	...field('Digest', sheet.digest),
	...field('Created', `${sheet.created ?? 'not said'}${sheet.madeBy === undefined ? '' : `, by ${sheet.madeBy}`}`),
	...field(
		'Versions',
		`control plane ${sheet.controlPlane}, workspaces ${sheet.workspaces.join(', ')}; ${sheet.platforms.join(', ')}`,
	),
	...(sheet.base === undefined ? [] : field('Needs', `what the target has already: differential to ${sheet.base}`)),
	...signerLines(sheet),
	...partLines(sheet),
	...imageLines(sheet),
];

/** All that stands below them. */
const foot = (sheet: Sheet): readonly string[] => {
	const {carried, signer} = sheet;
	const target = carried.kind === 'parts' ? `${carried.name}.parts.json` : carried.name;
	return [
		rule('On arrival', sheet),
		...wrap(`zenml-airgap bundle verify ${target}${signer ? ' --public-key FILE' : ''}`, ''),
		...handOver(sheet),
	];
};

/** As many files as there is room for, two lines each; the rest is left to `SHA256SUMS`, where that is told. */
const fileLines = (files: readonly SheetFile[], room: number): readonly string[] => {
	const canLeaveOut = files[0]?.path === 'SHA256SUMS';
	const all = !canLeaveOut || files.length * 2 <= room;
	const shown = all ? files : files.slice(0, Math.max(1, Math.floor((room - 1) / 2)));
	const rest = files.length - shown.length;
	return [
		...shown.flatMap(({path, size, digest}) => [pair(path, grouped(size)), `  ${hexOf(digest)}`]),
		...(rest > 0 ? [`and ${rest} more, whose sums stand in SHA256SUMS`] : []),
	];
};

/**
 * The custody sheet as plain text: one page of 66 lines of 80 columns where the number of parts and images allows it. It is
 * printed, signed by hand and carried beside the bundle. Files that do not fit are left to `SHA256SUMS`, whose sum is told.
 */
export const sheetText = (sheet: Sheet): string => {
	const above = [...head(sheet), rule('Files, bytes, SHA-256', sheet)];
	const below = foot(sheet);
	const lines = [...above, ...fileLines(sheet.files, pageLines - above.length - below.length), ...below];
	return `${lines.join('\n')}\n`;
};
