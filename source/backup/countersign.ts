import {createHash} from 'node:crypto';
import path from 'node:path';
import {writeSmall} from './manifest.ts';
import {openWithTexts} from './open.ts';
import {backupFiles, scheduledPurpose} from './place.ts';
import {backupProblems} from './problems.ts';
import type {BackupSettings} from './settings.ts';
import {checkSignature, openSigningKey, signatureText} from './sign.ts';
import type {BackupProgress, Countersigned} from './types.ts';

type Given = {
	readonly vouched: string | undefined;
	readonly signal: AbortSignal;
	readonly onProgress?: BackupProgress | undefined;
};

/** As `BackupPort.countersign`. What is signed is the text that every file was compared with, not what lies there a moment later. */
export const countersign = async (settings: BackupSettings, id: string, given: Given): Promise<Countersigned> => {
	const {signingKey, now} = settings;
	if (signingKey === undefined) throw backupProblems.error('backup-countersign', {case: 'no key', id});
	const key = await openSigningKey(signingKey);
	const {vouched, ...opening} = given;
	const {read, list, manifestText} = await openWithTexts(settings, id, {...opening, unsigned: 'told'});
	const {folder, manifest, signer} = read;
	if (manifest.purpose !== scheduledPurpose)
		throw backupProblems.error('backup-countersign', {case: 'not scheduled', id, purpose: manifest.purpose});
	const sum = createHash('sha256').update(manifestText).digest('hex');
	if (vouched !== undefined && vouched !== sum)
		throw backupProblems.error('backup-not-vouched', {id, actual: sum, expected: vouched});
	if (signer) return {...read, signer, isNew: false};
	await writeSmall(path.join(folder, backupFiles.signature), signatureText(list, key, manifest, now()));
	const own = await checkSignature(folder, list, {keyFile: signingKey, purpose: manifest.purpose});
	if (!own) throw new Error('a signature that was just written is there, or is refused');
	return {...read, signer: own, isNew: true};
};
