import type {BackupManifest, BackupSummary, BackupUse} from '../../../backup/types.ts';
import {printable} from '../../../base/printable.ts';
import {counted} from '../../../base/text.ts';
import {formatBytes, formatDuration} from '../../../base/units.ts';

/** How long ago a backup was finished, or begun. @param now ms since the epoch */
export const ageOf = ({manifest}: BackupSummary, now: number): string => {
	const time = manifest?.finishedAt ?? manifest?.createdAt;
	return time === undefined ? 'of unknown age' : `${formatDuration(Math.max(0, now - Date.parse(time)))} old`;
};

/** Who can read it. */
export const readersOf = ({encryption, recipients}: BackupManifest): string => {
	if (encryption === 'none') return 'NOT encrypted: whoever reads the folder';
	return recipients.length === 0 ? 'whoever knows its passphrase' : recipients.map(printable).join(', ');
};

/** `2026-01-31T18:30:00.000Z drill: …`. */
export const textOfUse = ({at, kind, note}: BackupUse): string => `${at} ${kind}: ${printable(note)}`;

const stateText = ({state, problem}: BackupSummary): string =>
	problem === undefined ? state : `${state}: ${printable(problem.cause)}`;

/** A line of the list. */
export const lineOf = (backup: BackupSummary, now: number): string => {
	const {id, manifest, bytes, signed, uses} = backup;
	const more = [
		stateText(backup),
		ageOf(backup, now),
		...(manifest ? [counted(manifest.parts.length, 'part'), formatBytes(bytes), printable(manifest.purpose)] : []),
		...(signed ? ['signed'] : []),
		...(manifest?.encryption === 'none' ? ['NOT encrypted'] : []),
		...(uses.length > 0 ? [`used ${uses.at(-1)?.at ?? ''}`] : []),
	];
	return `${id}  ${more.join(', ')}`;
};
