import {lacksText} from '../../backup/lacks.ts';
import {scheduledPurpose} from '../../backup/place.ts';
import type {BackupSummary} from '../../backup/types.ts';
import {printable} from '../../base/printable.ts';
import {byText, counted} from '../../base/text.ts';
import {formatBytes, formatDuration} from '../../base/units.ts';
import type {ScheduledReport} from './reports.ts';

/** The newest good scheduled backup that anybody tells of. Times are ISO 8601, UTC. */
export type NewestScheduled = Pick<ScheduledReport, 'id' | 'finishedAt' | 'bytes' | 'parts' | 'lacks'> & {
	/** The pod that told it, or the folder whose manifest does. */
	readonly from: string;
	readonly toldAt: string;
	/** When it was last restored or drilled, and absent where it never was. */
	readonly usedAt?: string | undefined;
	/** The last use of any scheduled backup, where this one has none. */
	readonly otherUse?: {readonly id: string; readonly at: string} | undefined;
};

const inFolder = ({id, folder, bytes, manifest}: BackupSummary): readonly NewestScheduled[] => {
	const finishedAt = manifest?.finishedAt;
	if (!manifest || finishedAt === undefined) return [];
	const {parts, lacks = []} = manifest;
	// Whether the folder is the storage or a copy of it is not known: it tells nothing of what came later.
	return [{id, finishedAt, bytes, parts: parts.length, lacks: [...lacks], from: folder, toldAt: finishedAt}];
};

/**
 * The newest of those that pods told of and those in a folder here.
 * @param reports what was told last comes first: an earlier one may be gone from the storage
 */
export const newestScheduled = (
	reports: readonly ScheduledReport[],
	here: readonly BackupSummary[],
): NewestScheduled | undefined => {
	const own = here.filter(({state, manifest}) => state === 'whole' && manifest?.purpose === scheduledPurpose);
	const told = reports.slice(0, 1).map(({pod, ...one}) => ({...one, from: `pod ${pod}`}));
	const [newest] = [...own.flatMap(inFolder), ...told].toSorted((one, other) => byText(other.id, one.id));
	if (!newest) return undefined;
	const uses = here
		.filter(({manifest}) => manifest?.purpose === scheduledPurpose)
		.flatMap(({id, uses: all}) => all.map(({at}) => ({id, at})))
		.toSorted((one, other) => byText(other.at, one.at));
	const inStorage = told.find(({id}) => id === newest.id)?.usedAt;
	const usedAt = [inStorage, uses.find(({id}) => id === newest.id)?.at]
		.filter((at) => at !== undefined)
		.sort()
		.at(-1);
	return {...newest, usedAt, otherUse: usedAt === undefined ? uses[0] : undefined};
};

/** Whether it was ever restored or drilled, in words. */
export const usedText = ({usedAt, otherUse}: NewestScheduled): string => {
	if (usedAt !== undefined) return `restored or drilled ${usedAt}`;
	return otherUse
		? `never restored or drilled; the last scheduled one that was: ${otherUse.id}, ${otherUse.at}`
		: 'never restored or drilled';
};

/** Age, size and use in one line. @param now ms since the epoch */
export const newestText = (newest: NewestScheduled, now: number): string => {
	const {id, finishedAt, bytes, parts, lacks, from, toldAt} = newest;
	const age = formatDuration(Math.max(0, now - Date.parse(finishedAt)));
	return [
		`${id}, ${age} old, ${formatBytes(bytes)}, ${counted(parts, 'part')}`,
		usedText(newest),
		...(lacks.length > 0 ? [`lacks ${lacksText(lacks)}`] : []),
		from.startsWith('/') ? `lies in ${printable(from)}` : `told by ${printable(from)} at ${toldAt}`,
	].join('; ');
};
