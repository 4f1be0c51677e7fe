import {sign} from 'node:crypto';
import {commentHeads, prehashed} from './minisig.ts';
import {publicKeyLine} from './public-key.ts';
import type {SigningKey} from './secret-key.ts';

/**
 * The text of a signature, prehashed, as minisign writes it.
 * @param trustedComment one line; the caller keeps line breaks out
 */
export const writeMinisig = (data: Buffer, key: SigningKey, trustedComment: string): string => {
	const signature = sign(null, prehashed(data), key.key);
	const comment = sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), key.key);
	const body = Buffer.concat([Buffer.from('ED'), key.public.idBytes, signature]);
	return [
		`${commentHeads.untrusted}verify with: minisign -Vm SHA256SUMS -P ${publicKeyLine(key.public)}`,
		body.toString('base64'),
		`${commentHeads.trusted}${trustedComment}`,
		comment.toString('base64'),
		'',
	].join('\n');
};
