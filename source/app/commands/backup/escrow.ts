import {open, rm} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {encryptFor} from '../../../backup/age/encrypt.ts';
import {type BackupSettings, readersOf} from '../../../backup/settings.ts';
import {errnoWords} from '../../../base/errno.ts';
import {saveFile} from '../../../base/files.ts';
import {stepProblems} from '../../../steps/problems.ts';
import {generatedSecretPlace} from '../../../steps/shared/generated.ts';
import {
	type EscrowKey,
	escrowFault,
	escrowKeys,
	readEscrow,
	requirePlace,
	writeEscrow,
} from '../../../steps/shared/marks/escrow.ts';
import {stateDirectoryOf} from '../../answers/inputs.ts';
import type {Context} from '../../base/context.ts';
import {escrowFile} from '../../base/journal-file.ts';
import {asCalled, calledBy} from '../../base/kept/own-commands.ts';
import type {Work} from '../command.ts';
import {escrowLines, rehearsedKeys} from './escrow-text.ts';
import {type BackupSite, siteOf} from './folder.ts';
import type {BackupOptions} from './options.ts';

/** What `backup escrow` is given. */
export type EscrowOptions = BackupOptions & {readonly confirm?: string | undefined; readonly out?: string | undefined};

/** Keys that are to be written, and where. */
type Written = {readonly keys: readonly EscrowKey[]; readonly file: string; readonly isRehearsal: boolean};

const textOfKeys = ({keys, isRehearsal}: Written, context: Context): string =>
	`${JSON.stringify(
		{
			kind: 'zenml-airgap-escrow',
			writtenAt: new Date(context.clock.now()).toISOString(),
			note: `${isRehearsal ? `${rehearsedKeys} ` : ''}Keys of workspaces, by their names in the Secret of what was generated.`,
			keys: Object.fromEntries(keys.map(({name, value}) => [name, value])),
		},
		undefined,
		'\t',
	)}\n`;

/** Writes the keys for whoever can read backups. A file that is there stays. @throws ProblemError `escrow-*` */
const writeKeys = async (context: Context, settings: BackupSettings, written: Written): Promise<void> => {
	const {file} = written;
	const hasReaders = settings.recipients.length > 0 || settings.passphrase !== undefined;
	const readers = settings.encryption === 'age' && hasReaders ? await readersOf(settings) : undefined;
	if (!readers) throw stepProblems.error('escrow-not-encrypted', {});
	const {head, encrypt} = await encryptFor(readers);
	const unwritable = (error: unknown) =>
		stepProblems.error('escrow-file-unwritable', {file, reason: errnoWords(error, 'write')}, {location: {file}, error});
	const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
		throw unwritable(error);
	});
	try {
		await handle.write(head);
		await pipeline(Readable.from([textOfKeys(written, context)]), encrypt, async (chunks) => {
			for await (const chunk of chunks as AsyncIterable<Uint8Array>) await handle.write(chunk);
		});
		await handle.sync();
		await handle.close();
	} catch (error) {
		await handle.close().catch(() => undefined);
		// Half of a file looks like a copy.
		await rm(file, {force: true});
		throw unwritable(error);
	}
};

/** Writes who confirmed it into the cluster, and beside the journals for `status`. */
const confirm = async (
	context: Context,
	site: BackupSite,
	{
		keys,
		where,
		options,
	}: {readonly keys: readonly EscrowKey[]; readonly where: string; readonly options: EscrowOptions},
) => {
	const record = {
		at: new Date(context.clock.now()).toISOString(),
		by: `${context.userName} on ${context.hostName}`,
		where,
		keys: keys.map(({name, fingerprint}) => ({name, fingerprint})),
	};
	await writeEscrow(site.reader, record);
	await saveFile(escrowFile(stateDirectoryOf(context, options)), `${JSON.stringify(record)}\n`);
	return record;
};

/** The command that confirms a copy, called as this one was. */
const confirmWords = (context: Context, options: EscrowOptions, isRehearsal: boolean): string =>
	asCalled(
		`${isRehearsal ? 'To practise the confirmation' : 'When a copy lies in a safe'}: zenml-airgap backup escrow --confirm "WHERE"`,
		context.called ?? calledBy(options),
	);

/** `backup escrow`: is there a copy of the keys outside the cluster, which ones are they, and who said so when. */
export const escrowWork: Work<EscrowOptions> = async (context, options) => {
	const where = options.confirm === undefined ? undefined : requirePlace(options.confirm);
	const site = await siteOf(context, options);
	const {isRehearsal} = await site.requireWorld();
	const all = await escrowKeys(site.reader);
	const place = generatedSecretPlace(site.reader);
	if (all.length === 0) throw stepProblems.error('escrow-no-keys', {secret: place});
	const file = options.out === undefined ? undefined : path.resolve(context.workingDirectory, options.out);
	if (file !== undefined) await writeKeys(context, site.settings, {keys: all, file, isRehearsal});
	const record =
		where === undefined ? await readEscrow(site.reader) : await confirm(context, site, {keys: all, where, options});
	const fault = escrowFault(record, all, context.clock.now());
	const keys = all.map(({name, fingerprint}) => ({name, fingerprint}));
	if (options.json) {
		const told = {...(isRehearsal && {rehearsal: true}), keys, file, confirmed: record, fault};
		context.out(`${JSON.stringify(told)}\n`);
		return 0;
	}
	const next = where === undefined && fault !== undefined ? confirmWords(context, options, isRehearsal) : undefined;
	const lines = escrowLines({keys, place, file, record, fault, next, isRehearsal});
	const {tellRows} = await import('../../base/wrap.ts');
	tellRows(context)(`${lines.join('\n')}\n`);
	return 0;
};
