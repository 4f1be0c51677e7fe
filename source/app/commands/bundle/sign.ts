import path from 'node:path';
import type {Signed} from '../../../bundle/sign/sign.ts';
import {bundleCommandProblems} from '../../base/bundle-problems.ts';
import type {Context} from '../../base/context.ts';
import type {AddCommand, Work} from '../command.ts';
import {progressLines} from '../progress.ts';
import {withExamples} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import {readPassphrase} from './passphrase.ts';

type Options = {readonly key: string; readonly comment?: string; readonly passphraseRef?: string};
type Given = Options & {readonly bundle: string};

/** The limit of minisign is 8192 bytes for the whole trusted comment. */
const maximumCommentBytes = 2000;

const checkComment = (comment = ''): void => {
	if (Buffer.byteLength(comment) <= maximumCommentBytes && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(comment)) return;
	throw bundleCommandProblems.error('signing-comment', {bytes: maximumCommentBytes});
};

/** The passphrase of a key that is locked; nothing for one that is not. */
const passphraseOf = async (context: Context, keyFile: string, locked: boolean, reference: string | undefined) => {
	if (locked) return readPassphrase(context, {reference, prompt: `Passphrase of ${keyFile} (not shown)`, twice: false});
	if (reference !== undefined) {
		context.err(`--passphrase-ref was not used: ${keyFile} is NOT locked with a passphrase.\n`);
	}
	return '';
};

const openKey = async (context: Context, {key, passphraseRef}: Given) => {
	const [{needsPassphrase, openSecretKey}, {readKeyFile}] = await Promise.all([
		import('../../../minisign/secret-key.ts'),
		import('../../../minisign/read-key.ts'),
	]);
	const file = path.resolve(context.workingDirectory, key);
	const text = await readKeyFile(file, 'secret');
	const locked = needsPassphrase(text, file);
	const passphrase = await passphraseOf(context, file, locked, passphraseRef);
	if (locked) context.err('The key is being opened; this takes some seconds.\n');
	return openSecretKey(text, file, passphrase);
};

const text = (signed: Signed, keyLine: string): string =>
	[
		`Signed:        ${signed.file}`,
		`Key id:        ${signed.keyId}`,
		`Bundle:        ${signed.digest}`,
		`SHA256SUMS:    ${signed.sumsDigest}`,
		`Files:         ${signed.files}, ${signed.bytes} bytes, each read`,
		`Signed words:  ${signed.trustedComment}`,
		`Check:         zenml-airgap bundle verify ${path.dirname(signed.file)} --public-key ${keyLine}`,
		'',
	].join('\n');

const work: Work<Given> = async (context, given) => {
	checkComment(given.comment);
	const [{signBundle}, {publicKeyLine}] = await Promise.all([
		import('../../../bundle/sign/sign.ts'),
		import('../../../minisign/public-key.ts'),
	]);
	const key = await openKey(context, given);
	const lines = progressLines(context);
	const signed = await signBundle({
		path: path.resolve(context.workingDirectory, given.bundle),
		key,
		comment: given.comment,
		now: context.clock.now(),
		signal: context.signal,
		onProgress: ({file, done, total}) => lines.move(`read ${file}`, done, total),
	}).finally(lines.end);
	if (signed.sumsMade) lines.say('SHA256SUMS was not there and was made.');
	context.out(text(signed, publicKeyLine(key.public)));
	return 0;
};

/** `bundle sign`: a signature of minisign over the list of all sums. */
export const sign: AddCommand = ({bundle}, ask) => {
	const command = bundle
		.command('sign')
		.description('sign a bundle that lies in a folder; every file is read and compared first')
		.argument('<bundle>', 'folder of the bundle')
		.requiredOption('--key <file>', 'secret key of `bundle keygen` or of minisign')
		.option('--comment <text>', 'your words; they are signed, too, and shown where the bundle is verified')
		.option(
			'--passphrase-ref <reference>',
			'where the passphrase is: env:NAME or file:PATH; by default it is asked for',
		);
	withExamples(command, ['zenml-airgap bundle sign ./zenml-air-gapped-bundle --key ./keys/bundle.key']).action(
		(folder: string, options: Options) => ask(stoppable(work, 'Nothing was signed.'), {...options, bundle: folder}),
	);
};
