import {digestOfHex} from '../../oci/digest.ts';
import {type ChecksumLine, checksumLine} from './foreign/checksum-line.ts';

/** What a list of checksums says. */
export type ChecksumList = {
	/** Digest by path relative to the bundle: the name of the algorithm (`sha256`, `sha512`, `md5` and so on), a colon, hex. */
	readonly sums: ReadonlyMap<string, string>;
	/** Lines of no form that is known, with their numbers. */
	readonly strange: readonly StrangeLine[];
};

/** `cut`: PowerShell has cut the path to the width of its window. */
export type StrangeLine = {readonly line: number; readonly text: string; readonly cut: boolean};

/** @param path as written in a checksum line @param folder the folder of that file, relative to the bundle */
const relative = (path: string, folder: string): string => {
	const plain = path.trim().replaceAll('\\', '/').replace(/^\.\//u, '');
	const inside = /(?:^|\/)((?:images|charts)\/.+)$/u.exec(plain)?.[1];
	return inside ?? (folder === '' || plain.startsWith('/') || /^[a-z]:\//iu.test(plain) ? plain : `${folder}/${plain}`);
};

/** A list that is being read: what lines say of the one that comes, in forms of several lines. */
type Reader = {
	/** `Get-FileHash | Format-List`: Algorithm, Hash and Path, a line each. */
	readonly record: Map<string, string>;
	/** `certutil -hashfile`: the first of three lines. */
	hashed: {readonly algorithm: string; readonly path: string} | undefined;
};

/** What is taken of a line: a checksum, nothing that matters, or nothing that is understood. */
type Taken = ChecksumLine | 'nothing' | undefined;

const ofRecord = ({record}: Reader, line: string): Taken => {
	const [, key, value = ''] = /^(Algorithm|Hash|Path) {0,20}: ?(.*)$/u.exec(line) ?? [];
	if (key === undefined) return undefined;
	if (record.has(key)) record.clear();
	record.set(key, value.trim());
	const [algorithm, hash, path] = [record.get('Algorithm'), record.get('Hash'), record.get('Path')];
	if (algorithm === undefined || hash === undefined || path === undefined) return 'nothing';
	record.clear();
	return checksumLine(`${algorithm} ${hash} ${path}`);
};

const ofCertutil = (reader: Reader, line: string): Taken => {
	const [, algorithm, path] = /^(\w{3,10}) hash of (?:file )?(.+):$/u.exec(line) ?? [];
	if (algorithm !== undefined && path !== undefined) {
		reader.hashed = {algorithm, path};
		return 'nothing';
	}
	const {hashed} = reader;
	// Older ones write a blank between bytes.
	const hex = /^(?:[0-9a-f]{2} ?){16,64}$/iu.test(line) ? line.replaceAll(' ', '') : undefined;
	if (!hashed || hex === undefined) return undefined;
	reader.hashed = undefined;
	return checksumLine(`${hashed.algorithm} (${hashed.path}) = ${hex}`);
};

/** Headings, comments and what a signature puts around a list. */
const isFrame = (line: string): boolean =>
	line === '' ||
	/^[#;]/u.test(line) ||
	/^"?Algorithm"?[\s,]+"?Hash"?[\s,]+"?Path"?$/u.test(line) ||
	/^-+(?:\s+-+)+$/u.test(line) ||
	/^Hash: [\w, -]+$/u.test(line) ||
	/^CertUtil: /u.test(line);

const takeLine = (reader: Reader, line: string): Taken =>
	isFrame(line) ? 'nothing' : (checksumLine(line) ?? ofRecord(reader, line) ?? ofCertutil(reader, line));

/** A table of PowerShell ends what does not fit in dots. */
const isCut = ({path}: ChecksumLine): boolean => path.endsWith('...') || path.endsWith('…');

/** Without what OpenPGP puts behind a list. */
const unsigned = (text: string): string => {
	const [body = ''] = text.split('-----BEGIN PGP SIGNATURE-----', 1);
	return body.replace('-----BEGIN PGP SIGNED MESSAGE-----', '');
};

/**
 * A list of checksums, in the forms of `sha256sum` and its like, of BSD, OpenSSL, PowerShell and certutil.
 * @param folder where the text lies, relative to the bundle; its paths start there
 */
export const readChecksumList = (text: string, folder = ''): ChecksumList => {
	const sums = new Map<string, string>();
	const strange: StrangeLine[] = [];
	const reader: Reader = {record: new Map(), hashed: undefined};
	for (const [index, raw] of unsigned(text.replace(/^\uFEFF/u, ''))
		.split(/\r?\n/u)
		.entries()) {
		const line = raw.trim();
		const taken = takeLine(reader, line);
		if (taken === 'nothing') continue;
		if (!taken || isCut(taken)) strange.push({line: index + 1, text: line, cut: taken !== undefined});
		else {
			const path = relative(taken.path, folder);
			// Of two lists the one that all else here is compared by counts.
			if (!sums.get(path)?.startsWith('sha256:') || taken.algorithm === 'sha256') {
				sums.set(path, `${taken.algorithm}:${taken.hex}`);
			}
		}
	}
	return {sums, strange};
};

/** True for a line that gives the checksum of a file. */
export const isChecksumLine = (line: string): boolean => checksumLine(line) !== undefined;

/** The checksums of a text in which other lines may stand. @returns digest by path relative to the bundle, as of `readChecksumList` */
export const parseChecksums = (text: string, folder = ''): ReadonlyMap<string, string> =>
	readChecksumList(text, folder).sums;

/**
 * `SHA256SUMS` as `bundle create` writes it and `sha256sum -c` reads it: small hex digits, two spaces, a path, nothing else.
 * Every other byte is an error, so that none can be changed without being seen.
 * @returns digest by path; `undefined` when a line has another form or a path comes twice
 */
export const parseExactChecksums = (text: string): ReadonlyMap<string, string> | undefined => {
	const lines = text.split('\n');
	if (lines.pop() !== '') return undefined;
	const checksums = new Map<string, string>();
	for (const line of lines) {
		const [, hex, path] = /^([0-9a-f]{64}) {2}(\S.*)$/u.exec(line) ?? [];
		if (!hex || !path || checksums.has(path)) return undefined;
		checksums.set(path, digestOfHex(hex));
	}
	return checksums;
};
