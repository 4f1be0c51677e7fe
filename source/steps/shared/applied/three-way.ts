import {auditValues} from '../../../charts/index.ts';
import type {WantedRelease} from '../release/wanted.ts';
import {keyOf, leavesIn, type Path, stampOf, valueAt, withValue} from './leaves.ts';
import type {Applied} from './record.ts';

type Values = Readonly<Record<string, unknown>>;

/** A value that others have changed, and that the new release would change as well. */
export type Conflict = {readonly path: Path; readonly theirs: unknown; readonly ours: unknown};

/** What of the live values is somebody else's. */
export type Edits = {
	/** Changed by others and by nobody else: these are kept. */
	readonly kept: readonly Path[];
	readonly conflicts: readonly Conflict[];
	/** Changed by others, and unknown to the new chart: they cannot be kept. */
	readonly lost: readonly Path[];
	/** True where no record says what this tool gave to the release: only values that it never writes are known to be of others. */
	readonly unrecorded: boolean;
};

/** What is compared. */
export type Sides = {
	/** What the release has now. */
	readonly live: unknown;
	/** What the answers and the new chart make. */
	readonly ours: Values;
	readonly applied: Applied | undefined;
	/** The new chart. */
	readonly contents: WantedRelease['contents'];
};

const same = (one: unknown, other: unknown): boolean => stampOf('', one ?? null) === stampOf('', other ?? null);

/** Whether this tool gave that value to the release, or the value's absence. */
const isOurs = ({snapshots, salt}: Applied, path: Path, value: unknown): boolean => {
	const key = keyOf(path);
	const stamp = value === undefined ? undefined : stampOf(salt, value);
	return snapshots.some((snapshot) => snapshot[key] === stamp);
};

const pathsOf = ({live, ours}: Sides): readonly Path[] => [
	...new Map([...leavesIn(live), ...leavesIn(ours)].map(({path}) => [keyOf(path), path])).values(),
];

type Verdict = 'ours' | 'kept' | 'conflict' | 'lost';

/** Whether the new chart knows the value's place. */
const takes = ({contents}: Sides, path: Path, theirs: unknown): boolean =>
	auditValues(withValue({}, path, theirs), contents).length === 0;

/** Without a record only what this tool would not write at all is known to be of others; what the answers say counts else. */
const judgeUnrecorded = (sides: Sides, path: Path, theirs: unknown, own: unknown): Verdict => {
	if (theirs === undefined || own !== undefined) return 'ours';
	return takes(sides, path, theirs) ? 'kept' : 'lost';
};

const judge = (sides: Sides, path: Path): Verdict => {
	const {live, ours, applied} = sides;
	const [theirs, own] = [valueAt(live, path), valueAt(ours, path)];
	if (same(theirs, own)) return 'ours';
	if (!applied) return judgeUnrecorded(sides, path, theirs, own);
	if (isOurs(applied, path, theirs)) return 'ours';
	if (!isOurs(applied, path, own)) return 'conflict';
	return takes(sides, path, theirs) ? 'kept' : 'lost';
};

/**
 * Three-way: what the release has now against what this tool gave it last, and what it is to have. A value that only others changed is
 * kept; one that both changed is a conflict.
 */
export const editsIn = (sides: Sides): Edits => {
	const judged = pathsOf(sides).map((path) => ({path, verdict: judge(sides, path)}));
	const those = (wanted: Verdict): readonly Path[] =>
		judged.flatMap(({path, verdict}) => (verdict === wanted ? [path] : []));
	return {
		kept: those('kept'),
		lost: those('lost'),
		conflicts: those('conflict').map((path) => ({
			path,
			theirs: valueAt(sides.live, path),
			ours: valueAt(sides.ours, path),
		})),
		unrecorded: sides.applied === undefined,
	};
};

/** Our values with those of others at these paths; what others have removed is left out. */
export const withTheirs = (ours: Values, live: unknown, paths: readonly Path[]): Values =>
	paths.reduce<Values>((values, path) => withValue(values, path, valueAt(live, path)), ours);
