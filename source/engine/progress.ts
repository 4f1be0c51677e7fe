import type {Progress, RunState, StepState} from './state.ts';

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

/** How far a run is as a whole: only what was counted or measured. Times are ms. */
export type Overall = {
	/** Steps that are done or left out, of how many. */
	readonly done: number;
	readonly steps: number;
	/** What the step under way moves, as far as it counts that. */
	readonly moved?: Progress | undefined;
	readonly elapsedMs: number;
	/**
	 * About how long it takes from here: of the step under way by its rate, else by its last time, of later ones by theirs. Absent where one
	 * of these is not known, and while somebody is waited for.
	 */
	readonly leftMs?: number | undefined;
};

const hasEnded = ({outcome}: StepState): boolean => outcome !== undefined;

/** The progress of all that a step moves: the one that says so, else the only one in bytes. */
const wholeOf = ({progress}: StepState): Progress | undefined => {
	const whole = progress.findLast((one) => one.whole);
	const bytes = progress.filter(({unit}) => unit === 'bytes');
	return whole ?? (bytes.length === 1 ? bytes[0] : undefined);
};

/** What is left of the step under way; undefined where that is not known. A last time that has passed says nothing more. */
const leftOf = ({startedAt, lastMs}: StepState, moved: Progress | undefined, now: number): number | undefined => {
	const measured = moved && rateOf(moved).leftMs;
	if (measured !== undefined && moved) return Math.max(0, measured - (now - moved.updatedAt));
	const byLast = lastMs === undefined || startedAt === undefined ? -1 : startedAt + lastMs - now;
	return byLast < 0 ? undefined : byLast;
};

const sumOf = (all: readonly (number | undefined)[]): number | undefined =>
	all.every((one) => one !== undefined) ? all.reduce<number>((sum, one) => sum + (one ?? 0), 0) : undefined;

/** How far a run is. @param now ms since the epoch */
export const overallOf = (run: RunState, now: number): Overall => {
	const {steps} = run;
	const at = steps.findIndex(({id}) => id === run.current);
	const current = steps[at];
	const moved = current && !hasEnded(current) ? wholeOf(current) : undefined;
	const waits = current?.status === 'problem' || current?.status === 'waiting';
	const later = steps.slice(at + 1).map(({lastMs}) => lastMs);
	const here = current && !hasEnded(current) ? [leftOf(current, moved, now)] : [];
	const isOver = run.finishedAt !== undefined;
	return {
		done: steps.filter(({status}) => status === 'done' || status === 'skipped').length,
		steps: steps.length,
		moved,
		elapsedMs: Math.max(0, (run.finishedAt ?? now) - run.startedAt),
		leftMs: waits || isOver ? undefined : sumOf([...here, ...later]),
	};
};
