import path from 'node:path';
import {ProblemError} from '../../../base/problem.ts';
import type {Context} from '../../context.ts';
import {progressLines} from '../progress.ts';
import {stoppable} from '../stopped.ts';
import type {Tool} from '../tool.ts';
import {readPassphrase} from './passphrase.ts';

type Options = {readonly key: string; readonly comment?: string; readonly passphraseRef?: string};

/** The limit of minisign is 8192 bytes for the whole trusted comment. */
const maximumCommentBytes = 2000;

const checkComment = (comment: string | undefined): void => {
	if (comment === undefined) return;
	if (Buffer.byteLength(comment) <= maximumCommentBytes && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(comment)) return;
	throw new ProblemError({
		code: 'signing-comment',
		area: 'usage',
		message: 'The comment cannot be signed.',
		cause: `It must be one line of at most ${maximumCommentBytes} bytes, without tabs and control characters.`,
		fix: 'Make it shorter and plain.',
	});
};

const work = async (context: Context, bundle: string, options: Options): Promise<number> => {
	checkComment(options.comment);
	const {needsPassphrase, openSecretKey} = await import('../../../bundle/sign/secret-key.ts');
	const {publicKeyLine} = await import('../../../bundle/signature/public-key.ts');
	const {readKeyFile} = await import('../../../bundle/signature/read-key.ts');
	const {signBundle} = await import('../../../bundle/sign/sign.ts');
	const keyFile = path.resolve(context.workingDirectory, options.key);
	const text = await readKeyFile(keyFile, 'secret');
	const locked = needsPassphrase(text, keyFile);
	const passphrase = locked
		? await readPassphrase(context, {
				reference: options.passphraseRef,
				prompt: `Passphrase of ${keyFile} (not shown)`,
				twice: false,
			})
		: '';
	if (!locked && options.passphraseRef !== undefined) {
		context.err(`--passphrase-ref was not used: ${keyFile} is NOT locked with a passphrase.\n`);
	}
	if (locked) context.err('The key is being opened; this takes some seconds.\n');
	const key = await openSecretKey(text, keyFile, passphrase);
	const lines = progressLines(context);
	try {
		const signed = await signBundle({
			path: path.resolve(context.workingDirectory, bundle),
			key,
			comment: options.comment,
			now: context.clock.now(),
			signal: context.signal,
			onProgress: ({file, done, total}) => lines.move(`read ${file}`, done, total),
		});
		lines.end();
		if (signed.sumsMade) lines.say('SHA256SUMS was not there and was made.');
		context.out(
			[
				`Signed:        ${signed.file}`,
				`Key id:        ${signed.keyId}`,
				`Bundle:        ${signed.digest}`,
				`SHA256SUMS:    ${signed.sumsDigest}`,
				`Files:         ${signed.files}, ${signed.bytes} bytes, each read`,
				`Signed words:  ${signed.trustedComment}`,
				`Check:         zenml-airgap bundle verify ${path.dirname(signed.file)} --public-key ${publicKeyLine(key.public)}`,
				'',
			].join('\n'),
		);
		return 0;
	} finally {
		lines.end();
	}
};

/** `bundle sign`: a signature of minisign over the list of all sums. */
export const sign: Tool = ({bundle}, ask) => {
	bundle
		.command('sign')
		.description('sign a bundle that lies in a folder; every file is read and compared first')
		.argument('<bundle>', 'folder of the bundle')
		.requiredOption('--key <file>', 'secret key of `bundle keygen` or of minisign')
		.option('--comment <text>', 'your words; they are signed, too, and shown where the bundle is verified')
		.option(
			'--passphrase-ref <reference>',
			'where the passphrase is: env:NAME or file:PATH; by default it is asked for',
		)
		.action((bundlePath: string, options: Options) =>
			ask((context) =>
				stoppable(context, 'Nothing was signed; start it again.', () => work(context, bundlePath, options)),
			),
		);
};
