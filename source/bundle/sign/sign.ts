import {rm, stat} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {bundleProblem, fileProblem} from '../../archive/problems.ts';
import {readSlice} from '../../archive/slice.ts';
import {printable} from '../../base/printable.ts';
import {sha256} from '../images/image.ts';
import {bundleFiles} from '../layout/index-file.ts';
import {type Layout, openLayout, wholeFolder} from '../layout/layout.ts';
import {openBundle} from '../open/bundle.ts';
import {
	differences,
	digestSlice,
	listedFiles,
	maximumChecksumsBytes,
	parseSums,
	writeSums,
} from '../signature/checksums.ts';
import type {SigningKey} from '../signature/keys.ts';
import {writeMinisig} from '../signature/minisig.ts';
import {unwritable} from '../signature/problems.ts';
import type {VerifyProgress} from '../types.ts';
import {unfinished, writeCause, writeFileWhole} from './write.ts';

/** What a signature says about itself to people; minisign shows it, too. */
export type Signed = {
	/** Absolute path of the signature. */
	readonly file: string;
	readonly keyId: string;
	readonly trustedComment: string;
	/** Of the bundle, as `Bundle.digest`. */
	readonly digest: string;
	/** SHA-256 of `SHA256SUMS`, `sha256:` and hex. */
	readonly sumsDigest: string;
	readonly files: number;
	readonly bytes: number;
	/** `SHA256SUMS` was not there and was made. */
	readonly sumsMade: boolean;
};

const notWhole = (what: string, paths: readonly string[]) =>
	bundleProblem({
		code: 'bundle-sign-not-whole',
		message: `The bundle was not signed: ${bundleFiles.checksums} does not fit it.`,
		cause: `${what}: ${paths.slice(0, 10).join(', ')}${paths.length > 10 ? ` and ${paths.length - 10} more` : ''}.`,
		fix: `Make the bundle anew, or, when you know why it changed, remove ${bundleFiles.checksums} and sign again: it is made anew then.`,
		nextSteps: [`See what differs: sha256sum -c ${bundleFiles.checksums}`],
	});

const folderOnly = (path: string) =>
	bundleProblem({
		code: 'bundle-sign-packed',
		message: `${path} is packed, and a signature lies within the bundle.`,
		cause: 'A packed bundle cannot take one more file without being written anew.',
		fix: 'Sign the folder first, then pack or split it.',
	});

/** Hashes each file; compares with the sums that are there, or gives those that are to be written. */
const sumsFor = async (
	layout: Layout,
	given: ReadonlyMap<string, string> | undefined,
	options: {readonly signal: AbortSignal; readonly onProgress: VerifyProgress},
): Promise<{readonly sums: ReadonlyMap<string, string>; readonly bytes: number}> => {
	if (given) {
		const {missing, unlisted} = differences(layout, given);
		if (missing.length > 0) throw notWhole('Files that it lists are not there', missing);
		if (unlisted.length > 0) throw notWhole('It does not list these files', unlisted);
	}
	const paths = listedFiles(layout).toSorted();
	const total = paths.reduce((sum, path) => sum + (layout.files.get(path)?.size ?? 0), 0);
	const sums = new Map<string, string>();
	const wrong: string[] = [];
	let before = 0;
	for (const path of paths) {
		const slice = layout.files.get(path);
		if (!slice) continue;
		const start = before;
		const tell = (done: number): void => options.onProgress({file: path, done: start + done, total});
		const digest = await digestSlice(slice, options.signal, tell);
		if (given && given.get(path) !== digest) wrong.push(path);
		sums.set(path, digest);
		before += slice.size;
	}
	if (wrong.length > 0) throw notWhole('These files have other sums', wrong);
	return {sums, bytes: total};
};

const write = async (file: string, text: string): Promise<void> => {
	// A file that is only half there would be refused as tampering.
	await writeFileWhole(file, text, {mode: 0o644, replace: true}).catch((error: unknown) => {
		const cause = writeCause(error);
		throw cause === undefined ? error : unwritable(file, cause, {cause: error});
	});
};

/** What a signing that was killed left behind is no file of the bundle. */
const withoutLeftOvers = async (layout: Layout): Promise<Layout> => {
	const files = new Map(layout.files);
	for (const name of [bundleFiles.checksums, bundleFiles.signature].map(unfinished)) {
		if (files.delete(name)) await rm(join(layout.path, name));
	}
	return {...layout, files};
};

/** `SHA256SUMS` has one line a file; sha256sum writes such names in a way of its own, which readers take in different ways. */
const checkNames = (layout: Layout): void => {
	const name = listedFiles(layout).find((path) => /[\p{Cc}\p{Cf}\u2028\u2029\\]/u.test(path));
	if (name === undefined) return;
	throw bundleProblem({
		code: 'bundle-sign-name',
		message: `The bundle was not signed: it holds a file whose name cannot be listed, ${JSON.stringify(name)}.`,
		cause:
			'A line break, a backslash or another character that is not printed lets a line of checksums mean two things.',
		fix: 'Find out where it comes from; rename it or take it away, and sign again.',
	});
};

/** A name that anybody may have chosen, as one field among others: spaces in a row part fields where they are shown. */
const fieldOf = (name: string): string =>
	printable(name.replaceAll(/\t| (?= )/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`));

/**
 * Signs a bundle that lies in a folder: reads it whole, so that nothing wrong is ever signed, makes `SHA256SUMS` where there
 * is none, and puts `SHA256SUMS.minisig` beside it. A signature that is there is replaced.
 * @param options.comment the signer's words, one printable line, or nothing
 * @param options.now milliseconds since the epoch
 * @throws ProblemError `bundle-sign-packed`, `bundle-sign-not-whole`, `bundle-sign-name`, `bundle-unwritable`, and what makes a bundle unusable
 */
export const signBundle = async (options: {
	readonly path: string;
	readonly key: SigningKey;
	readonly comment?: string | undefined;
	readonly now: number;
	readonly signal: AbortSignal;
	readonly onProgress: VerifyProgress;
}): Promise<Signed> => {
	const {path, key, comment, now, signal} = options;
	const status = await stat(path).catch((error: unknown) => {
		throw fileProblem(path, error);
	});
	if (!status.isDirectory()) throw folderOnly(path);
	const found = await openLayout(path, signal);
	if (found.packed) throw folderOnly(path);
	const layout = await withoutLeftOvers(await wholeFolder(found, signal));
	checkNames(layout);
	// Charts of a folder are read where they lie: nothing is copied out.
	const here = (): Promise<string> => Promise.resolve(layout.path);
	// The signature that is there is replaced: a cut one, or one whose sums were taken away, must not stop that.
	const unsigned = new Map([...layout.files].filter(([name]) => name !== bundleFiles.signature));
	const asked = {signature: {mode: 'off'}, platform: undefined} as const;
	const bundle = await openBundle({...layout, files: unsigned}, here, asked, signal);
	const old = layout.files.get(bundleFiles.checksums);
	if (old && old.size > maximumChecksumsBytes) throw notWhole('It is too large to be a list of checksums', [path]);
	const given = old ? await readSlice(old) : undefined;
	const {sums, bytes} = await sumsFor(layout, given && parseSums(given), options);
	const data = given ?? Buffer.from(writeSums(sums));
	if (!given) await write(join(layout.path, bundleFiles.checksums), data.toString());
	const words = [
		`timestamp:${Math.floor(now / 1000)}`,
		`file:${bundleFiles.checksums}`,
		'hashed',
		`bundle:${fieldOf(basename(layout.path))}`,
		`digest:${bundle.digest}`,
		...(comment === undefined ? [] : [`comment:${comment}`]),
	];
	const trustedComment = words.join('\t');
	const file = join(layout.path, bundleFiles.signature);
	await write(file, writeMinisig(data, key, trustedComment));
	return {
		file,
		keyId: key.public.id,
		trustedComment: words.join('  '),
		digest: bundle.digest,
		sumsDigest: sha256(data),
		files: sums.size,
		bytes,
		sumsMade: given === undefined,
	};
};
