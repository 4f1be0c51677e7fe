import {finished} from 'node:stream/promises';
import {lacksText} from '../../../backup/lacks.ts';
import {unnamedWords} from '../../../backup/open.ts';
import {scheduledPurpose} from '../../../backup/place.ts';
import type {ReadBackup} from '../../../backup/types.ts';
import {counted} from '../../../base/text.ts';
import type {Context} from '../../base/context.ts';
import type {Work} from '../command.ts';
import {progressLines} from '../progress.ts';
import type {BackupOptions} from './options.ts';
import {readersOf} from './words.ts';

/** What `backup verify` is given. */
export type VerifyOptions = BackupOptions & {readonly id: string; readonly decrypt: boolean};

const signerText = ({signer, manifest}: ReadBackup): string => {
	if (!signer && manifest.purpose === scheduledPurpose)
		return `nobody: not signed, as no key that signs lies in the cluster; zenml-airgap backup sign ${manifest.id}`;
	if (!signer) return 'nobody: not signed';
	const {keyId, proven} = signer;
	return proven ? `key ${keyId}, checked` : `key ${keyId}, NOT checked: the key is not here (backup.signingKey)`;
};

/** Decrypts every part to its end; what comes out is thrown away. */
const decryptAll = async ({signal}: Context, read: ReadBackup, tell: (file: string) => void): Promise<void> => {
	for (const part of read.manifest.parts) {
		tell(part.file);
		const stream = await read.read(part, signal);
		stream.resume();
		await finished(stream);
	}
};

/** `backup verify`: every file is read and compared with its sum; the signature is checked where its key is there. */
export const verifyWork: Work<VerifyOptions> = async (context, {id, decrypt, ...options}) => {
	const {backupsOf} = await import('./folder.ts');
	const port = await backupsOf(context, options);
	const lines = progressLines(context);
	try {
		const read = await port.open(
			id,
			context.signal,
			({file, done, total}) => lines.move(`read ${file}`, done, total),
			'told',
		);
		if (decrypt) await decryptAll(context, read, (file) => lines.say(`decrypting ${file}`));
		lines.end();
		const {manifest, signer, unnamed} = read;
		if (options.json) context.out(`${JSON.stringify({id, signer, decrypted: decrypt, unnamed, manifest})}\n`);
		else {
			context.out(
				[
					`Backup ${id}: ${counted(manifest.parts.length, 'file')}, each as it was written`,
					`Decrypted: ${decrypt ? 'every part, to its end' : 'not tried (--decrypt)'}`,
					`Signed by: ${signerText(read)}`,
					...(manifest.lacks?.length ? [`Lacks:     ${lacksText(manifest.lacks)}`] : []),
					`Read by:   ${readersOf(manifest)}`,
					'',
				].join('\n'),
			);
		}
		for (const words of unnamedWords(read)) context.err(`Warning: ${words}\n`);
		return 0;
	} finally {
		lines.end();
	}
};
