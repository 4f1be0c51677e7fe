import type {Progress} from './state.ts';

/** Before this long has passed and this much has moved, a rate is a guess. */
const leastMs = 1000;
const leastBytes = 1_048_576;
const leastShare = 0.01;

/** How far a progress is and how fast: `share` from 0 to 1, `rate` in units a second, `leftMs` to the end. */
export type Rate = {readonly share?: number; readonly rate?: number; readonly leftMs?: number};

/**
 * Share, rate since the first report, and time left. Rate and time left are absent until 1 s has passed and 1 % or 1 MiB has
 * moved (of items: one); time left also without a total and at the end.
 */
export const rateOf = ({done, total, unit, startedAt, startedDone, updatedAt}: Progress): Rate => {
	const share = total === undefined || total <= 0 ? {} : {share: Math.min(1, done / total)};
	const elapsed = updatedAt - startedAt;
	const moved = done - startedDone;
	const enough = total !== undefined && moved >= total * leastShare;
	if (elapsed < leastMs || moved <= 0 || !(enough || moved >= (unit === 'bytes' ? leastBytes : 1))) return share;
	const rate = (moved * 1000) / elapsed;
	return {...share, rate, ...(total !== undefined && total > done ? {leftMs: ((total - done) * 1000) / rate} : {})};
};
