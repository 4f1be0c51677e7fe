import {lstat, rm} from 'node:fs/promises';
import path from 'node:path';
import {errnoWords, isErrno, isSystemError} from '../../../base/errno.ts';
import {writeWhole} from '../../../base/files.ts';
import {makeFolders} from '../../../base/folders.ts';
import type {SigningKey} from '../../../minisign/secret-key.ts';
import {bundleCommandProblems} from '../../base/bundle-problems.ts';
import type {Context} from '../../base/context.ts';
import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import {readPassphrase} from './passphrase.ts';

type Given = {readonly out: string; readonly passphraseRef?: string; readonly passphrase: boolean};

/** Where the two halves of a key lie. */
type KeyFiles = {readonly folder: string; readonly secret: string; readonly public: string};

const keyExists = (file: string) => bundleCommandProblems.error('signing-key-exists', {file}, {location: {file}});

/** For `catch`. @throws ProblemError `signing-key-exists`, `signing-key-unwritable` */
const unwritable =
	(file: string) =>
	(error: unknown): never => {
		if (isErrno(error, 'EEXIST')) throw keyExists(file);
		if (!isSystemError(error)) throw error;
		const facts = {file, reason: errnoWords(error, 'write')};
		throw bundleCommandProblems.error('signing-key-unwritable', facts, {location: {file}, error});
	};

const filesIn = (folder: string): KeyFiles => ({
	folder,
	secret: path.join(folder, 'bundle.key'),
	public: path.join(folder, 'bundle.pub'),
});

const requireAbsent = async (files: KeyFiles): Promise<void> => {
	for (const file of [files.secret, files.public]) {
		if (await lstat(file).catch(() => undefined)) throw keyExists(file);
	}
};

/** The passphrase for the new key; undefined for one that is not locked. */
const passphraseOf = async (context: Context, {passphrase, passphraseRef}: Given): Promise<string | undefined> => {
	if (!passphrase) return undefined;
	const prompt = 'Passphrase for the new key (not shown)';
	const typed = await readPassphrase(context, {reference: passphraseRef, prompt, twice: true});
	context.err('The key is being locked with the passphrase; this takes some seconds.\n');
	return typed;
};

/** Both halves, or none. */
const save = async (files: KeyFiles, secretText: string, publicText: string): Promise<void> => {
	await makeFolders(files.folder, 0o700).catch(unwritable(files.folder));
	await writeWhole(files.secret, secretText, {replace: false}).catch(unwritable(files.secret));
	try {
		await writeWhole(files.public, publicText, {mode: 0o644, replace: false}).catch(unwritable(files.public));
	} catch (error) {
		// Alone it would stand in the way of the next try.
		await rm(files.secret, {force: true});
		throw error;
	}
};

const text = (files: KeyFiles, key: SigningKey, line: string, locked: boolean): string =>
	[
		`Key id:      ${key.public.id}`,
		`Secret key:  ${files.secret}`,
		locked
			? '             locked with the passphrase; neither can be had back when lost.'
			: '             WITHOUT passphrase: whoever reads this file can sign as you.',
		`Public key:  ${files.public}`,
		`In one line: ${line}`,
		'',
		`Sign:        zenml-airgap bundle sign BUNDLE --key ${files.secret}`,
		'Pin it on the other side, over another way than the bundle goes:',
		`             --set bundle.signature.publicKey=${line}`,
		'',
	].join('\n');

const work: Work<Given> = async (context, given) => {
	if (!given.passphrase && given.passphraseRef !== undefined) {
		throw bundleCommandProblems.error('signing-passphrase-ref', {case: 'both ways'});
	}
	const [{generateSigningKey, secretKeyText}, {sensitiveCost}, {publicKeyLine, publicKeyText}] = await Promise.all([
		import('../../../minisign/secret-key.ts'),
		import('../../../minisign/passphrase.ts'),
		import('../../../minisign/public-key.ts'),
	]);
	const files = filesIn(path.resolve(context.workingDirectory, given.out));
	// Before anybody has typed a passphrase twice.
	await requireAbsent(files);
	const passphrase = await passphraseOf(context, given);
	const key = generateSigningKey();
	await save(files, await secretKeyText(key, passphrase, sensitiveCost), publicKeyText(key.public));
	context.out(text(files, key, publicKeyLine(key.public), passphrase !== undefined));
	return 0;
};

/** `bundle keygen`: a key pair to sign bundles with. */
export const keygen: AddCommand = ({bundle}, ask) => {
	const command = bundle
		.command('keygen')
		.description('make a key pair to sign bundles with, in the format of minisign')
		.requiredOption('--out <folder>', 'folder for bundle.key and bundle.pub')
		.option(
			'--passphrase-ref <reference>',
			'where the passphrase is: env:NAME or file:PATH; by default it is asked for',
		)
		.option('--no-passphrase', 'do not lock the secret key');
	withExamples(command, ['zenml-airgap bundle keygen --out ./keys']).action((options: Given) =>
		ask(stoppable(work, 'No key was made.'), options),
	);
};
