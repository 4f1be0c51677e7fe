import {mkdtemp, rm} from 'node:fs/promises';
import path from 'node:path';
import {InvalidArgumentError, Option} from 'commander';
import {ProblemError} from '../../../base/problem.ts';
import type {Layout} from '../../../bundle/layout/layout.ts';
import type {Bundle} from '../../../bundle/types.ts';
import type {Context} from '../../base/context.ts';
import {withoutAnswers} from '../without-answers.ts';

/** Options of every command that opens a bundle and looks at its signature. */
export type SignatureOptions = {readonly publicKey?: string; readonly signature?: 'require' | 'warn' | 'off'};

/** Makes a folder for charts that are copied out of a tar, once it is asked for. @returns its path */
type ChartsFolder = () => Promise<string>;

/** Gives work a folder for charts that are copied out of a tar, and takes it away again. */
export const withCharts = async <T>(
	{temporaryDirectory}: Pick<Context, 'temporaryDirectory'>,
	work: (workDirectory: ChartsFolder) => Promise<T>,
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

/** A bundle, opened to be worked on: whatever its signature says. */
export type Opened = {readonly layout: Layout; readonly bundle: Bundle};

/**
 * Opens a bundle to work on it.
 * @param platform `all` for every platform of its images
 * @throws ProblemError of area `bundle`
 */
export const openWhole = async (
	file: string,
	platform: 'all' | undefined,
	workDirectory: ChartsFolder,
	signal: AbortSignal,
): Promise<Opened> => {
	const [{openBundle}, {openLayout}] = await Promise.all([
		import('../../../bundle/open/bundle.ts'),
		import('../../../bundle/layout/layout.ts'),
	]);
	const layout = await openLayout(file, signal);
	return {layout, bundle: await openBundle(layout, workDirectory, {signature: {mode: 'off'}, platform}, signal)};
};

/**
 * Reads the key that a command was given, before gigabytes are.
 * @throws ProblemError `signature-key-unreadable`, `signing-public-key`; without answers, as it came with a flag
 */
export const checkPublicKey = async ({publicKey}: SignatureOptions): Promise<void> => {
	if (publicKey === undefined) return;
	const {readPublicKey} = await import('../../../bundle/signature/check.ts');
	await readPublicKey(publicKey).catch((error: unknown) => {
		throw error instanceof ProblemError ? withoutAnswers(error) : error;
	});
};

export const publicKeyOption = (): Option =>
	new Option('--public-key <file|line>', 'public key that must have signed the bundle: its file, or the line in it');

export const signatureOption = (): Option =>
	new Option('--signature <mode>', 'what is asked of the signature; require where a key is given').choices([
		'require',
		'warn',
		'off',
	]);

/** Reads the value of an option that takes a whole number. @throws InvalidArgumentError */
export const wholeNumber =
	(most: number) =>
	(text: string): number => {
		const value = Number(text);
		if (Number.isInteger(value) && value >= 1 && value <= most) return value;
		throw new InvalidArgumentError(`It must be a number from 1 to ${most}.`);
	};
