import path from 'node:path';
import type {Readers} from './age/encrypt.ts';
import type {Begun} from './begin.ts';
import {manifestText, writeSmall} from './manifest.ts';
import {backupFiles} from './place.ts';
import type {BackupSettings} from './settings.ts';
import {openSigningKey, signatureText} from './sign.ts';
import {requireSize, sumsOf, sumsText} from './sums.ts';
import type {BackupManifest, BackupPart, OpenBackup, PartHead} from './types.ts';
import {fileOf, partPath, writePart} from './write-part.ts';

const isOf =
	({kind, name}: Pick<PartHead, 'kind' | 'name'>) =>
	(part: BackupPart): boolean =>
		part.kind === kind && part.name === name;

/**
 * Checksums and signature are those of the manifest that comes last: whoever finds them beside an unfinished one knows that
 * the run ended between.
 */
const close = async ({folder, manifest}: Begun, settings: BackupSettings): Promise<void> => {
	const text = manifestText(manifest);
	const sums = sumsText(sumsOf(manifest, text));
	await writeSmall(path.join(folder, backupFiles.checksums), sums);
	if (settings.signingKey !== undefined) {
		const key = await openSigningKey(settings.signingKey);
		const signature = signatureText(sums, key, manifest, settings.now());
		await writeSmall(path.join(folder, backupFiles.signature), signature);
	}
	await writeSmall(path.join(folder, backupFiles.manifest), text);
};

type Making = {
	readonly settings: BackupSettings;
	readonly readers: Readers | undefined;
	readonly signal: AbortSignal;
	/** Hears of every state that lies on the disk. */
	readonly onChange: (manifest: BackupManifest) => void;
};

/** A backup that is being written into. */
export const making = (begun: Begun, {settings, readers, signal, onChange}: Making): OpenBackup => {
	const {folder} = begun;
	let manifest: BackupManifest = begun.manifest;
	const time = (): string => new Date(settings.now()).toISOString();
	return {
		folder,
		manifest: () => manifest,
		has: (kind, name) => manifest.parts.find(isOf({kind, name})),
		add: async (head, write) => {
			const file = fileOf(head, manifest);
			const startedAt = time();
			const bytes = await writePart(partPath(folder, {file}), readers, write, signal);
			const {kind, name, database} = head;
			const part: BackupPart = {kind, name, file, ...bytes, ...(database && {database}), startedAt, endedAt: time()};
			const others = manifest.parts.filter((one) => !isOf(head)(one));
			manifest = {...manifest, parts: [...others, part]};
			await writeSmall(path.join(folder, backupFiles.manifest), manifestText(manifest));
			onChange(manifest);
			return part;
		},
		finish: async (run, components) => {
			for (const part of manifest.parts) await requireSize(folder, part);
			const finished = {...manifest, run, components, finishedAt: time()};
			await close({folder, manifest: finished}, settings);
			manifest = finished;
			onChange(finished);
			return finished;
		},
	};
};
