import {lstat, rm} from 'node:fs/promises';
import path from 'node:path';
import {errnoWords, isErrno, isSystemError} from '../../../base/errno.ts';
import {writeWhole} from '../../../base/files.ts';
import {ProblemError} from '../../../base/problem.ts';
import type {Context} from '../../context.ts';
import {stoppable} from '../stopped.ts';
import type {Tool} from '../tool.ts';
import {readPassphrase} from './passphrase.ts';

type Options = {readonly out: string; readonly passphraseRef?: string; readonly passphrase: boolean};

const unwritable = (file: string, cause: string, error: unknown) =>
	new ProblemError(
		{
			code: 'signing-key-unwritable',
			area: 'usage',
			message: `${file} cannot be written.`,
			cause,
			fix: 'Make room there, or name another folder with --out. No key was made.',
			location: {file},
		},
		{cause: error},
	);

const keyExists = (file: string) =>
	new ProblemError({
		code: 'signing-key-exists',
		area: 'usage',
		message: `${file} is there already.`,
		cause: 'A key that was overwritten cannot be had back, and no one could sign with it again.',
		fix: 'Name another folder with --out, or move the old key away.',
		location: {file},
	});

const save = async (file: string, text: string, mode: number): Promise<void> => {
	await writeWhole(file, text, {mode, replace: false}).catch((error: unknown) => {
		if (isErrno(error, 'EEXIST')) throw keyExists(file);
		throw isSystemError(error) ? unwritable(file, errnoWords(error, 'write'), error) : error;
	});
};

const work = async (context: Context, options: Options): Promise<number> => {
	if (!options.passphrase && options.passphraseRef !== undefined) {
		throw new ProblemError({
			code: 'signing-passphrase-ref',
			area: 'usage',
			message: '--no-passphrase and --passphrase-ref were both given.',
			cause: 'The one makes a key that is not locked, the other says what to lock it with.',
			fix: 'Leave one of them out.',
		});
	}
	const {makeFolder} = await import('../../folder.ts');
	const {generateSigningKey, secretKeyText} = await import('../../../bundle/sign/secret-key.ts');
	const {publicKeyLine, publicKeyText} = await import('../../../bundle/signature/public-key.ts');
	const {sensitiveCost} = await import('../../../bundle/sign/passphrase.ts');
	const folder = path.resolve(context.workingDirectory, options.out);
	const files = {secret: path.join(folder, 'bundle.key'), public: path.join(folder, 'bundle.pub')};
	// Before anybody has typed a passphrase twice.
	for (const file of Object.values(files)) {
		if (await lstat(file).catch(() => undefined)) throw keyExists(file);
	}
	const passphrase = options.passphrase
		? await readPassphrase(context, {
				reference: options.passphraseRef,
				prompt: 'Passphrase for the new key (not shown)',
				twice: true,
			})
		: undefined;
	if (passphrase !== undefined) context.err('The key is being locked with the passphrase; this takes some seconds.\n');
	const key = generateSigningKey();
	const text = await secretKeyText(key, passphrase, sensitiveCost);
	await makeFolder(folder);
	await save(files.secret, text, 0o600);
	await save(files.public, publicKeyText(key.public), 0o644).catch(async (error: unknown) => {
		// Alone it would stand in the way of the next try.
		await rm(files.secret, {force: true});
		throw error;
	});
	const line = publicKeyLine(key.public);
	context.out(
		[
			`Key id:      ${key.public.id}`,
			`Secret key:  ${files.secret}`,
			passphrase === undefined
				? '             WITHOUT passphrase: whoever reads this file can sign as you.'
				: '             locked with the passphrase; neither can be had back when lost.',
			`Public key:  ${files.public}`,
			`In one line: ${line}`,
			'',
			`Sign:        zenml-airgap bundle sign BUNDLE --key ${files.secret}`,
			'Pin it on the other side, over another way than the bundle goes:',
			`             --set bundle.signature.publicKey=${line}`,
			'',
		].join('\n'),
	);
	return 0;
};

/** `bundle keygen`: a key pair to sign bundles with. */
export const keygen: Tool = ({bundle}, ask) => {
	bundle
		.command('keygen')
		.description('make a key pair to sign bundles with, in the format of minisign')
		.requiredOption('--out <folder>', 'folder for bundle.key and bundle.pub')
		.option(
			'--passphrase-ref <reference>',
			'where the passphrase is: env:NAME or file:PATH; by default it is asked for',
		)
		.option('--no-passphrase', 'do not lock the secret key')
		.action((options: Options) =>
			ask((context) => stoppable(context, 'No key was made; start it again.', () => work(context, options))),
		);
};
