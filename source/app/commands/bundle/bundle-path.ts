import {mkdtemp, rm} from 'node:fs/promises';
import path from 'node:path';
import {Option} from 'commander';
import {ProblemError} from '../../../base/problem.ts';
import type {Context} from '../../context.ts';

/** Options of every command that opens a bundle and looks at its signature. */
export type SignatureOptions = {readonly publicKey?: string; readonly signature?: 'require' | 'warn' | 'off'};

/** Gives work a folder for charts that are copied out of a tar, and takes it away again. */
export const withCharts = async <T>(
	{temporaryDirectory}: Pick<Context, 'temporaryDirectory'>,
	work: (workDirectory: () => Promise<string>) => Promise<T>,
): Promise<T> => {
	let made: Promise<string> | undefined;
	try {
		return await work(() => {
			made ??= mkdtemp(path.join(temporaryDirectory, 'zenml-airgap-charts-'));
			return made;
		});
	} finally {
		const folder = await made?.catch(() => undefined);
		if (folder !== undefined) await rm(folder, {recursive: true, force: true});
	}
};

/**
 * Reads the key that a command was given, before gigabytes are.
 * @throws ProblemError `signature-key-unreadable`, `signing-public-key`; without answers, as it came with a flag
 */
export const checkPublicKey = async ({publicKey}: SignatureOptions): Promise<void> => {
	if (publicKey === undefined) return;
	const {readPublicKey} = await import('../../../bundle/signature/check.ts');
	await readPublicKey(publicKey).catch((error: unknown) => {
		if (!(error instanceof ProblemError)) throw error;
		const {answers: _answers, ...problem} = error.problem;
		throw new ProblemError(problem, {cause: error});
	});
};

export const publicKeyOption = (): Option =>
	new Option('--public-key <file>', 'public key of minisign that must have signed the bundle, or its line of Base64');

export const signatureOption = (): Option =>
	new Option('--signature <mode>', 'what is asked of the signature; require where a key is given').choices([
		'require',
		'warn',
		'off',
	]);
