import {byText} from '../../base/text.ts';
import {digestOfHex, hexOf} from '../../oci/digest.ts';
import {bundleFiles} from '../layout/index-file.ts';
import type {Layout} from '../layout/layout.ts';
import {signatureProblems} from './problems.ts';

/** Far above what the largest bundle needs: 100,000 lines. */
export const maximumChecksumsBytes = 32 * 1024 ** 2;

/** As `sha256sum` writes lines of plain names; names with line breaks or backslashes it writes in another way. */
const linePattern = /^([0-9a-f]{64}) [ *](?:\.\/)?([^\\\0]+)$/u;

/** Leads out of the bundle, or is written in another way than its one name. */
const isOutside = (path: string): boolean =>
	path.startsWith('/') || path.split('/').some((part) => part === '..' || part === '.' || part === '');

/**
 * Reads `SHA256SUMS` so that it can mean one thing only: each line one file, no file twice, no way out of the bundle.
 * @returns digest (`sha256:` and hex) by path relative to the bundle
 * @throws ProblemError `bundle-checksums-damaged`
 */
export const parseSums = (bytes: Buffer): ReadonlyMap<string, string> => {
	const sums = new Map<string, string>();
	const at = {location: {file: bundleFiles.checksums}};
	for (const [index, text] of bytes.toString('utf8').replace(/\n$/u, '').split('\n').entries()) {
		const [, hex, path] = linePattern.exec(text) ?? [];
		const line = index + 1;
		if (hex === undefined || path === undefined) {
			throw signatureProblems.error('bundle-checksums-damaged', {case: 'another form', line}, at);
		}
		if (isOutside(path)) throw signatureProblems.error('bundle-checksums-damaged', {case: 'outside', line, path}, at);
		if (sums.has(path)) throw signatureProblems.error('bundle-checksums-damaged', {case: 'twice', line, path}, at);
		sums.set(path, digestOfHex(hex));
	}
	return sums;
};

/** The text that `sha256sum` writes for these files, sorted by path. */
export const writeSums = (sums: ReadonlyMap<string, string>): string =>
	[...sums]
		.sort(([a], [b]) => byText(a, b))
		.map(([path, digest]) => `${hexOf(digest)}  ${path}\n`)
		.join('');

/** What `SHA256SUMS` has to list: every file but itself and its signature. */
export const listedFiles = (layout: Layout): readonly string[] =>
	[...layout.files.keys()].filter((path) => path !== bundleFiles.checksums && path !== bundleFiles.signature);

/** Files that are in one of the two only, sorted. */
export const differences = (
	layout: Layout,
	sums: ReadonlyMap<string, string>,
): {readonly missing: readonly string[]; readonly unlisted: readonly string[]} => ({
	missing: [...sums.keys()].filter((path) => !layout.files.has(path)).sort(),
	unlisted: listedFiles(layout)
		.filter((path) => !sums.has(path))
		.sort(),
});
