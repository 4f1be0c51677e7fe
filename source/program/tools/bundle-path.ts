import {mkdtemp, rm} from 'node:fs/promises';
import path from 'node:path';
import {Option} from 'commander';
import type {Context} from '../context.ts';

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

export const publicKeyOption = (): Option =>
	new Option('--public-key <file>', 'public key of minisign that must have signed the bundle, or its line of Base64');

export const signatureOption = (): Option =>
	new Option('--signature <mode>', 'what is asked of the signature; require where a key is given').choices([
		'require',
		'warn',
		'off',
	]);
