import {open, rm} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {encryptFor} from '../../../backup/age/encrypt.ts';
import {type BackupSettings, readersOf} from '../../../backup/settings.ts';
import {errnoWords} from '../../../base/errno.ts';
import {saveFile} from '../../../base/files.ts';
import {printable} from '../../../base/printable.ts';
import {stepProblems} from '../../../steps/problems.ts';
import {generatedSecretPlace} from '../../../steps/shared/generated.ts';
import {
	type EscrowKey,
	escrowFault,
	escrowKeys,
	escrowText,
	readEscrow,
	requirePlace,
	writeEscrow,
} from '../../../steps/shared/marks/escrow.ts';
import {stateDirectoryOf} from '../../answers/inputs.ts';
import type {Context} from '../../base/context.ts';
import {escrowFile} from '../../base/journal-file.ts';
import {asCalled, calledBy} from '../../base/kept/own-commands.ts';
import type {Work} from '../command.ts';
import {type BackupSite, siteOf} from './folder.ts';
import type {BackupOptions} from './options.ts';

/** What `backup escrow` is given. */
export type EscrowOptions = BackupOptions & {readonly confirm?: string | undefined; readonly out?: string | undefined};

const textOfKeys = (keys: readonly EscrowKey[], context: Context): string =>
	`${JSON.stringify(
		{
			kind: 'zenml-airgap-escrow',
			writtenAt: new Date(context.clock.now()).toISOString(),
			note: 'Keys of workspaces, by their names in the Secret of what was generated.',
			keys: Object.fromEntries(keys.map(({name, value}) => [name, value])),
		},
		undefined,
		'\t',
	)}\n`;

/** Writes the keys for whoever can read backups. A file that is there stays. @throws ProblemError `escrow-*` */
const writeKeys = async (
	context: Context,
	settings: BackupSettings,
	{keys, file}: {readonly keys: readonly EscrowKey[]; readonly file: string},
): Promise<void> => {
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
		await pipeline(Readable.from([textOfKeys(keys, context)]), encrypt, async (chunks) => {
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

/** `backup escrow`: is there a copy of the keys outside the cluster, which ones are they, and who said so when. */
export const escrowWork: Work<EscrowOptions> = async (context, options) => {
	const where = options.confirm === undefined ? undefined : requirePlace(options.confirm);
	const site = await siteOf(context, options);
	await site.requireWorld();
	const keys = await escrowKeys(site.reader);
	if (keys.length === 0) throw stepProblems.error('escrow-no-keys', {secret: generatedSecretPlace(site.reader)});
	const file = options.out === undefined ? undefined : path.resolve(context.workingDirectory, options.out);
	if (file !== undefined) await writeKeys(context, site.settings, {keys, file});
	const record =
		where === undefined ? await readEscrow(site.reader) : await confirm(context, site, {keys, where, options});
	const fault = escrowFault(record, keys, context.clock.now());
	const shown = keys.map(({name, fingerprint}) => ({name, fingerprint}));
	if (options.json) {
		context.out(`${JSON.stringify({keys: shown, file, confirmed: record, fault})}\n`);
		return 0;
	}
	const width = Math.max(...shown.map(({name}) => name.length));
	context.out(
		[
			`Keys in the secret ${generatedSecretPlace(site.reader)}, by name and fingerprint:`,
			...shown.map(({name, fingerprint}) => `  ${printable(name.padEnd(width))}  ${fingerprint}`),
			...(file === undefined ? [] : [`Written for the safe, encrypted with age: ${printable(file)}`]),
			`Copy outside:  ${record ? printable(escrowText(record)) : 'never confirmed'}`,
			...(fault === undefined ? [] : [`Not well:      ${printable(fault)}`]),
			...(where === undefined && fault !== undefined
				? [
						asCalled(
							'When a copy lies in a safe: zenml-airgap backup escrow --confirm "WHERE"',
							context.called ?? calledBy(options),
						),
					]
				: []),
			'',
		].join('\n'),
	);
	return 0;
};
