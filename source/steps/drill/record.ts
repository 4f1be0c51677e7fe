/** What a look found: `open` is what could not be proved, which is no fault. */
export type DrillOutcome = 'passed' | 'failed' | 'open';

/** One thing that was looked at. */
export type DrillCheck = {
	readonly what: string;
	readonly outcome: DrillOutcome;
	/** What was seen, in words. */
	readonly note: string;
};

/** A part of the drill that took its time. */
export type DrillTime = {readonly what: string; readonly ms: number};

/** What one drill has done and seen so far. Times are ms since the epoch. */
export type DrillRecord = {
	readonly run: string;
	readonly startedAt: number;
	readonly backup: string;
	/** When the oldest of its dumps was begun, ISO 8601: what was written after it would be lost. */
	readonly dataOf: string;
	readonly done: Set<string>;
	readonly checks: DrillCheck[];
	readonly times: DrillTime[];
	/** Names of components (`controlPlane` or that of a workspace) whose database was restored, and whose servers ran. */
	readonly restored: Set<string>;
	readonly running: Set<string>;
	/** True once the administrator's password of the backup lies where a pod of ours finds it. */
	hasLogin?: boolean;
	reportFile?: string;
};

/** What a drill remembers between its steps. It is not kept after the program: a drill that was killed is begun anew. */
export type DrillMemory = {
	readonly of: (run: string) => DrillRecord | undefined;
	readonly begin: (run: string, of: Pick<DrillRecord, 'startedAt' | 'backup' | 'dataOf'>) => DrillRecord;
};

/** A memory for one plan. */
export const createMemory = (): DrillMemory => {
	let record: DrillRecord | undefined;
	return {
		of: (run) => (record?.run === run ? record : undefined),
		begin: (run, of) => {
			if (record?.run === run) return record;
			const empty = {
				done: new Set<string>(),
				checks: [],
				times: [],
				restored: new Set<string>(),
				running: new Set<string>(),
			};
			record = {run, ...of, ...empty};
			return record;
		},
	};
};
