import {digestOfHex} from '../../oci/digest.ts';

const checksumLine = /^\\?([0-9a-f]{64})\s+[*]?(\S.*)$/iu;

/** True for a line as `sha256sum` writes it. */
export const isChecksumLine = (line: string): boolean => checksumLine.test(line);

/** @param path as written in a checksum line @param folder the folder of that file, relative to the bundle */
const relative = (path: string, folder: string): string => {
	const plain = path.trim().replace(/^\.\//u, '');
	const inside = /(?:^|\/)((?:images|charts)\/.+)$/u.exec(plain)?.[1];
	return inside ?? (folder === '' ? plain : `${folder}/${plain}`);
};

/**
 * The checksum lines of a text, as `sha256sum` writes them.
 * @param folder where the text lies, relative to the bundle; its paths start there
 * @returns digest (`sha256:` and hex) by path relative to the bundle
 */
export const parseChecksums = (text: string, folder = ''): ReadonlyMap<string, string> => {
	const checksums = new Map<string, string>();
	for (const line of text.split(/\r?\n/u)) {
		const [, hex, path] = checksumLine.exec(line.trim()) ?? [];
		if (hex && path) checksums.set(relative(path, folder), digestOfHex(hex.toLowerCase()));
	}
	return checksums;
};

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
