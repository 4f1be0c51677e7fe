/** A line of a list of checksums: what was hashed, by which algorithm, in hex. */
export type ChecksumLine = {readonly algorithm: Algorithm; readonly hex: string; readonly path: string};

/** Digests are told apart by the name in front of them, as in `sha256:…`; these are the names that Node gives them too. */
type Algorithm = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'blake2b512';

/** How many hex digits each has. Of 128 digits BLAKE2b is told by its name only (b2sum). */
const byLength: ReadonlyMap<number, Algorithm> = new Map([
	[32, 'md5'],
	[40, 'sha1'],
	[56, 'sha224'],
	[64, 'sha256'],
	[96, 'sha384'],
	[128, 'sha512'],
]);

/** As BSD, OpenSSL and PowerShell write them: SHA256, SHA2-256, sha512, BLAKE2b. */
const byName: ReadonlyMap<string, Algorithm> = new Map(
	(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'blake2b512'] as const).flatMap((name) => [
		[name, name],
		[name.replace('sha', 'sha2-'), name],
		[name.replace('sha', 'sha-'), name],
		...(name === 'blake2b512' ? [['blake2b', name] as const] : []),
	]),
);

const lineOf = (hex: string, path: string, named?: string): ChecksumLine | undefined => {
	const counted = byLength.get(hex.length);
	const algorithm = named === undefined ? counted : byName.get(named.toLowerCase());
	const digits = [...byLength].find(([, name]) => name === algorithm)?.[0] ?? 128;
	if (algorithm === undefined || digits !== hex.length || path === '') return undefined;
	return {algorithm, hex: hex.toLowerCase(), path};
};

/** `sha256sum`, `sha512sum` and the like; in front of a name with escapes there is a backslash. */
const asSum = (line: string): ChecksumLine | undefined => {
	const [, escaped, hex = '', path = ''] = /^(\\?)([0-9a-f]{32,128})\s+\*?(\S.*)$/iu.exec(line) ?? [];
	return lineOf(hex, escaped ? path.replaceAll('\\\\', '\\') : path);
};

/** `SHA256 (file) = hex` of BSD and `sha256sum --tag`, `SHA2-256(file)= hex` of `openssl dgst`. */
const asTag = (line: string): ChecksumLine | undefined => {
	const [, name, path = '', hex = ''] =
		/^\\?([a-z][a-z0-9-]{1,11}) ?\((.+)\) ?= ?([0-9a-f]{32,128})$/iu.exec(line) ?? [];
	return lineOf(hex, path, name);
};

/** A row of PowerShell's `Get-FileHash`, as a table or out of `Export-Csv`. */
const asRow = (line: string): ChecksumLine | undefined => {
	const plain = line.startsWith('"') ? line.replaceAll('","', ' ').replaceAll('"', '') : line;
	const [, name, hex = '', path = ''] =
		/^([a-z][a-z0-9-]{1,11})[\s,]+([0-9a-f]{32,128})[\s,]+(\S.*)$/iu.exec(plain) ?? [];
	return lineOf(hex, path, name);
};

/** `file hex`: only of names that are surely files of a bundle, as digests of images stand behind their names too. */
const asTail = (line: string): ChecksumLine | undefined => {
	const pattern =
		/^(?:[-*] +)?([^\s:=@]+\.(?:tar|gz|tgz|zst|json|txt))[\s:=]+(?:([a-z]{3,5}-?\d{1,3}):)?([0-9a-f]{32,128})$/iu;
	const [, path = '', name, hex = ''] = pattern.exec(line) ?? [];
	return lineOf(hex, path, name);
};

/** One line of a list in any form that names the file beside its checksum. */
export const checksumLine = (line: string): ChecksumLine | undefined =>
	asSum(line) ?? asTag(line) ?? asRow(line) ?? asTail(line);
