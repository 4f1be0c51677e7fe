import {rm, stat} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {fileProblem} from '../../archive/problems.ts';
import {readSlice} from '../../archive/slice.ts';
import {unfinished, writeWhole} from '../../base/files.ts';
import {printable} from '../../base/printable.ts';
import type {SigningKey} from '../../minisign/secret-key.ts';
import {writeMinisig} from '../../minisign/write-minisig.ts';
import {sha256Of} from '../../oci/digest.ts';
import {bundleFiles} from '../layout/index-file.ts';
import {type Layout, openLayout, wholeFolder} from '../layout/layout.ts';
import {openBundle} from '../open/bundle.ts';
import {listedFiles, parseSums, writeSums} from '../signature/checksums.ts';
import type {Bundle} from '../types.ts';
import {signProblems, unwritable} from './problems.ts';
import {type Reading, sumsOf} from './sums.ts';

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

/** What a signing that was killed left behind is no file of the bundle. */
const withoutLeftOvers = async (layout: Layout): Promise<Layout> => {
	const files = new Map(layout.files);
	for (const name of [bundleFiles.checksums, bundleFiles.signature].map(unfinished)) {
		if (files.delete(name)) await rm(join(layout.path, name));
	}
	return {...layout, files};
};

/** The bundle as a folder, with all that lies in it. @throws ProblemError `bundle-sign-packed` */
const folderAt = async (path: string, signal: AbortSignal): Promise<Layout> => {
	const status = await stat(path).catch((error: unknown) => {
		throw fileProblem(path, error);
	});
	// Also of a folder the bundle in it may be a tar.
	const found = status.isDirectory() ? await openLayout(path, signal) : undefined;
	if (!found || found.packed) throw signProblems.error('bundle-sign-packed', {path});
	return withoutLeftOvers(await wholeFolder(found, signal));
};

/** `SHA256SUMS` has one line a file; sha256sum writes such names in a way of its own, which readers take in different ways. */
const requirePlainNames = (layout: Layout): void => {
	const name = listedFiles(layout).find((path) => /[\p{Cc}\p{Cf}\u2028\u2029\\]/u.test(path));
	if (name !== undefined) throw signProblems.error('bundle-sign-name', {name: JSON.stringify(name)});
};

/** Opens the bundle without its signature: a cut one, or one whose sums were taken away, is replaced and must not stop that. */
const openUnsigned = async (layout: Layout, signal: AbortSignal): Promise<Bundle> => {
	const unsigned = new Map([...layout.files].filter(([name]) => name !== bundleFiles.signature));
	// Charts of a folder are read where they lie: nothing is copied out.
	const here = (): Promise<string> => Promise.resolve(layout.path);
	const request = {signature: {mode: 'off'}, platform: undefined} as const;
	return openBundle({...layout, files: unsigned}, here, request, signal);
};

/** The bytes of `SHA256SUMS`, where it is there; a bundle that opened has none that is too large. */
const readGiven = async (layout: Layout): Promise<Buffer | undefined> => {
	const slice = layout.files.get(bundleFiles.checksums);
	return slice && readSlice(slice);
};

/** A file that is only half there would be refused as tampering. */
const write = (file: string, text: string): Promise<void> =>
	writeWhole(file, text, {mode: 0o644, temporary: unfinished(file)}).catch(unwritable(file));

/** A name that anybody may have chosen, as one field among others: spaces in a row part fields where they are shown. */
const fieldOf = (name: string): string =>
	printable(name.replaceAll(/\t| (?= )/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`));

/** What is to be signed, and who signs it when. */
type SignOptions = Reading & {
	readonly path: string;
	readonly key: SigningKey;
	/** The signer's words, one printable line. */
	readonly comment?: string | undefined;
	/** Milliseconds since the epoch. */
	readonly now: number;
};

/** The fields of the trusted comment: the first three as minisign writes them. */
const commentOf = (folder: string, {digest}: Bundle, {now, comment}: SignOptions): readonly string[] => [
	`timestamp:${Math.floor(now / 1000)}`,
	`file:${bundleFiles.checksums}`,
	'hashed',
	`bundle:${fieldOf(basename(folder))}`,
	`digest:${digest}`,
	...(comment === undefined ? [] : [`comment:${comment}`]),
];

/**
 * Signs a bundle that lies in a folder: reads it whole, so that nothing wrong is ever signed, makes `SHA256SUMS` where there
 * is none, and puts `SHA256SUMS.minisig` beside it. A signature that is there is replaced.
 * @throws ProblemError `bundle-sign-packed`, `bundle-sign-not-whole`, `bundle-sign-name`, `bundle-unwritable`, and what makes a bundle unusable
 */
export const signBundle = async (options: SignOptions): Promise<Signed> => {
	const {path, key, signal} = options;
	const layout = await folderAt(path, signal);
	requirePlainNames(layout);
	const bundle = await openUnsigned(layout, signal);
	const given = await readGiven(layout);
	const {sums, bytes} = await sumsOf(layout, given && parseSums(given), options);
	const data = given ?? Buffer.from(writeSums(sums));
	if (!given) await write(join(layout.path, bundleFiles.checksums), data.toString());
	const words = commentOf(layout.path, bundle, options);
	const file = join(layout.path, bundleFiles.signature);
	await write(file, writeMinisig(data, key, words.join('\t')));
	return {
		file,
		keyId: key.public.id,
		trustedComment: words.join('  '),
		digest: bundle.digest,
		sumsDigest: sha256Of(data),
		files: sums.size,
		bytes,
		sumsMade: given === undefined,
	};
};
