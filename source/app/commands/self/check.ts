import {existsSync} from 'node:fs';
import path from 'node:path';
import {errnoWords} from '../../../base/errno.ts';
import {printable} from '../../../base/printable.ts';
import {ProblemError} from '../../../base/problem.ts';
import {readBounded} from '../../../base/reading/bounded.ts';
import {executableFile} from '../../../base/self/assets.ts';
import {sha256OfFile} from '../../../base/self/sums.ts';
import {toolFolder} from '../../../bundle/layout/index-file.ts';
import {readPublicKey} from '../../../bundle/signature/check.ts';
import {maximumChecksumsBytes, parseSums} from '../../../bundle/signature/checksums.ts';
import {maximumSignatureBytes, minisigFault, readMinisig} from '../../../minisign/minisig.ts';
import {hexOf} from '../../../oci/digest.ts';
import type {Context} from '../../base/context.ts';
import {selfProblems} from '../../base/self-problems.ts';
import {withoutAnswers} from '../without-answers.ts';

/** What the command is given; `publicKey` is a file, or the line in it. */
export type SelfCheckFlags = {readonly sums?: string; readonly publicKey?: string; readonly json: boolean};

/** Who proved it: the entry of the checksums, and the signer. */
type Proof = {
	readonly file: string;
	readonly sha256: string;
	/** As the checksums call it. */
	readonly name: string;
	readonly signer: string;
	readonly comment: string;
};

/** @throws ProblemError `self-check-missing` */
const readFile = async (what: 'sums' | 'signature', file: string, most: number): Promise<Buffer> => {
	try {
		return (await readBounded(file, most)).bytes;
	} catch (error) {
		const reason = errnoWords(error, 'read');
		throw selfProblems.error('self-check-missing', {case: what, file, reason}, {error, location: {file}});
	}
};

/** The name under which the checksums have this very program. @throws ProblemError `self-check-failed` */
const nameIn = (sums: ReadonlyMap<string, string>, file: string, {program, actual}: Seen): string => {
	const found = [...sums].find(([, digest]) => hexOf(digest) === actual);
	if (found) return found[0];
	const ofName = [...sums].find(([name]) => path.basename(name) === path.basename(program));
	if (!ofName) throw selfProblems.error('self-check-failed', {case: 'not listed', actual, file});
	const [name, digest] = ofName;
	throw selfProblems.error('self-check-failed', {case: 'another program', actual, name, expected: hexOf(digest)});
};

/** This program, and the SHA-256 that it has. */
type Seen = {readonly program: string; readonly actual: string};

/**
 * Proves a program by signed checksums.
 * @param key a file with a public key, or its line; without one nothing is proven
 * @throws ProblemError `self-check-missing`, `self-check-failed`, `bundle-checksums-damaged`, `signing-public-key`,
 * `signature-key-unreadable`; the signal's reason
 */
export const proveProgram = async (
	program: string,
	sumsFile: string,
	key: string | undefined,
	signal: AbortSignal,
): Promise<Proof> => {
	const sums = await readFile('sums', sumsFile, maximumChecksumsBytes);
	const actual = await sha256OfFile(program, signal);
	const name = nameIn(parseSums(sums), sumsFile, {program, actual});
	const file = `${sumsFile}.minisig`;
	const signature = readMinisig(await readFile('signature', file, maximumSignatureBytes + 1));
	if ('case' in signature) throw selfProblems.error('self-check-failed', {case: 'no signature', file});
	if (key === undefined) throw selfProblems.error('self-check-missing', {case: 'key'});
	const pinned = await readPublicKey(key).catch((error: unknown) => {
		throw error instanceof ProblemError ? withoutAnswers(error) : error;
	});
	const fault = minisigFault(signature, sums, pinned);
	const facts = {signer: signature.keyId, pinned: pinned.id};
	if (fault) throw selfProblems.error('self-check-failed', {case: fault, ...facts});
	return {file: program, sha256: actual, name, signer: pinned.id, comment: signature.trustedComment};
};

/**
 * Beside this program. On a medium it lies in `tool` with the checksums of its release; where these are not signed, those of the bundle
 * may be, in the folder above.
 */
export const usualSums = (program: string): string => {
	const folder = path.dirname(program);
	const [beside, above] = [folder, path.dirname(folder)].map((place) => path.join(place, 'SHA256SUMS'));
	const onMedium = path.basename(folder) === toolFolder && !existsSync(`${beside}.minisig`);
	return onMedium && existsSync(`${above}.minisig`) ? `${above}` : `${beside}`;
};

const words = ({file, sha256, name, signer, comment}: Proof): string =>
	[`${file}: whole.`, `  SHA-256 ${sha256}`, `  ${name} in the checksums signed by key ${signer}: ${comment}`]
		.map((line) => `${printable(line)}\n`)
		.join('');

/** Proves this executable. @throws ProblemError `self-check-no-executable` and as `proveProgram` */
export const work = async (
	{workingDirectory, programDirectory, signal, out}: Context,
	{sums, publicKey, json}: SelfCheckFlags,
): Promise<number> => {
	const program = executableFile();
	if (program === undefined) throw selfProblems.error('self-check-no-executable', {folder: programDirectory});
	const sumsFile = sums === undefined ? usualSums(program) : path.resolve(workingDirectory, sums);
	const proof = await proveProgram(program, sumsFile, publicKey, signal);
	out(json ? `${JSON.stringify({whole: true, ...proof})}\n` : words(proof));
	return 0;
};
