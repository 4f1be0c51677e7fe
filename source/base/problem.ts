import {type Actor, sharesOf} from './people/actor.ts';
import {sentence} from './text.ts';
import {framesOf, kindOf} from './unexpected/kind.ts';

/** The part of the world a problem belongs to; each area has one exit code. */
export type ProblemArea =
	| 'bug'
	| 'usage'
	| 'prerequisites'
	| 'people'
	| 'bundle'
	| 'registry'
	| 'database'
	| 'cluster'
	| 'verification'
	| 'locked'
	| 'stopped';

/**
 * The tables of every room's problems. Empty here: each room adds the type of its own by declaration merging, so that the ground
 * floor knows all codes without knowing the rooms.
 */
// biome-ignore lint/suspicious/noEmptyInterface: rooms add to it, which only an interface allows.
export interface ProblemTables {}

/** Every code that a room declares. */
export type ProblemCode = {
	readonly [Room in keyof ProblemTables]: keyof ProblemTables[Room] & string;
}[keyof ProblemTables];

/** A place in a file; line and column count from 1. */
export type Location = {readonly file: string; readonly line?: number; readonly column?: number};

/** A refusal that a person can act on: what happened, why, and the next move. Never holds a secret. */
export type Problem = {
	/** Stable, kebab-case, for documents and scripts: `registry-unauthorized`. */
	readonly code: ProblemCode;
	readonly area: ProblemArea;
	readonly who: Actor;
	/** What happened, one sentence. */
	readonly message: string;
	/** Why it happened, as far as is known. */
	readonly cause: string;
	/** The one move that most likely mends it. */
	readonly fix: string;
	/** Further commands or moves, in order. */
	readonly nextSteps: readonly string[];
	/** Paths of answers whose change may mend it, e.g. `registry.password`. */
	readonly answers?: readonly string[];
	/** The step that a run has to begin with to mend it, where it may have begun after it: `images`. */
	readonly startFrom?: string;
	/** Raw lines that support the cause: the last log lines, the server's own words. */
	readonly evidence?: readonly string[];
	readonly location?: Location;
	/**
	 * The problems that it sums up, two or more, each whole and without parts of its own; absent where it is one alone. What they say is not
	 * said again beside them, but for a cause that lists them.
	 */
	readonly parts?: readonly Problem[];
};

/** What a caller must give; the rest has defaults. */
export type ProblemInput = Omit<Problem, 'nextSteps' | 'who'> & Partial<Pick<Problem, 'nextSteps' | 'who'>>;

/** Whether the message itself names the file that the problem is at, and no line of it is known: a place beside it would say it twice. */
export const namesItsPlace = ({location, message}: Pick<Problem, 'location' | 'message'>): boolean => {
	if (location === undefined || location.line !== undefined) return false;
	const name = location.file.replaceAll(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`);
	return new RegExp(String.raw`(?<![\w./-])${name}(?![\w/-]|\.\w)`, 'u').test(message);
};

/** Makes a problem; `who` defaults to the operator and `nextSteps` to none. */
export const problem = (input: ProblemInput): Problem => ({who: 'operator', nextSteps: [], ...input});

/** What an error of a problem carries for code; people read the problem. */
export type ProblemErrorOptions = ErrorOptions & {
	readonly facts?: Readonly<Record<string, string | number>>;
	readonly retryAfterMs?: number | undefined;
};

/** A problem as those that have to be mended: its parts, or itself where it is one alone. */
export const partsOf = (one: Problem): readonly Problem[] => one.parts ?? [one];

/**
 * Do two problems come of the same? Their words are the same; or what a peer was asked for just then differs, and its answer, with why
 * and what to do, is the same.
 */
export const isSameTrouble = (one: Problem, other: Problem): boolean => {
	if (one.code !== other.code) return false;
	if (one.message === other.message) return true;
	const isSameAnswer = (one.evidence ?? []).length > 0 && one.evidence?.join('\n') === other.evidence?.join('\n');
	return isSameAnswer && one.cause === other.cause && one.fix === other.fix;
};

/** A wrong answer comes first: the rest may only follow from it. */
const areaOf = (problems: readonly Problem[]): ProblemArea | undefined => {
	const areas = new Set(problems.map(({area}) => area));
	if (areas.size === 1 || areas.has('usage')) return areas.size === 1 ? problems[0]?.area : 'usage';
	return undefined;
};

/** Whose they all are; several people's are the operator's to hand on. */
const whoOf = (problems: readonly Problem[]): Problem['who'] => {
	const [first, ...others] = new Set(problems.map(({who}) => who));
	return first !== undefined && others.length === 0 ? first : 'operator';
};

/** So many are named in the one sentence that stands for all; each is told whole beside it. */
const mostNamed = 5;

const listOf = (problems: readonly Problem[]): string => {
	const named = problems.slice(0, mostNamed).map(({message}, index) => `${index + 1}. ${sentence(message)}`);
	return [...named, ...(problems.length > mostNamed ? [`And ${problems.length - mostNamed} more.`] : [])].join(' ');
};

/** What the first line of several problems names: how many, whose they are, and what they are, in one line. */
export type Several = {readonly count: number; readonly shares: string; readonly list: string};

/** What is told of several problems together: the words of their first line, whose part of the world and whose work they are. */
export const sumOf = (parts: readonly Problem[]) => ({
	several: {count: parts.length, shares: sharesOf(parts.map(({who}) => who)), list: listOf(parts)} satisfies Several,
	area: areaOf(parts),
	who: whoOf(parts),
	parts,
	answers: [...new Set(parts.flatMap(({answers = []}) => answers))],
});

/** The only error that rooms throw on purpose. */
export class ProblemError extends Error {
	readonly problem: Problem;
	/** The facts that the words of the problem were made from, by their names in its table. */
	readonly facts: Readonly<Record<string, string | number>>;
	/** How long the peer asked to wait before the next try, ms. */
	readonly retryAfterMs: number | undefined;
	constructor(input: ProblemInput, {facts = {}, retryAfterMs, ...options}: ProblemErrorOptions = {}) {
		super(input.message, options);
		this.name = 'ProblemError';
		this.problem = problem(input);
		this.facts = facts;
		this.retryAfterMs = retryAfterMs;
	}

	/** The same refusal, told with other words or further facts; this one is its cause. */
	with(changes: Partial<ProblemInput>, facts: ProblemErrorOptions['facts'] = {}): ProblemError {
		const told = {facts: {...this.facts, ...facts}, retryAfterMs: this.retryAfterMs, cause: this};
		return new ProblemError({...this.problem, ...changes}, told);
	}
}

/** Several problems found at once, e.g. in an answer file. */
export class ProblemsError extends Error {
	readonly problems: readonly Problem[];
	constructor(problems: readonly Problem[]) {
		super(problems.map(({message}) => message).join('\n'));
		this.name = 'ProblemsError';
		this.problems = problems;
	}
}

/** Exit code of each area; 0 and 130 are outcomes of a run, not of a problem. */
export const exitCodes: Readonly<Record<ProblemArea, number>> = {
	bug: 1,
	usage: 2,
	prerequisites: 3,
	people: 4,
	bundle: 5,
	registry: 6,
	database: 7,
	cluster: 8,
	verification: 9,
	locked: 10,
	stopped: 130,
};

/** True for the error that an aborted signal throws, however deeply it was wrapped. */
export const isAbort = (error: unknown): boolean =>
	error instanceof Error && (error.name === 'AbortError' || (error.cause !== undefined && isAbort(error.cause)));

/** The words for what nobody thought of; they stand here as this file is below the tables, which take them in. */
export const unexpectedError = {
	area: 'bug',
	who: 'bug',
	message: 'An error that this tool did not expect: {words}',
	cause: 'The tool met a case its authors did not think of.',
	fix: 'Start it again: every step re-checks the world and goes on. If it comes back, send the saved report to the authors.',
} as const;

/** The words for several problems that nobody has put together otherwise; as those above, they are in the table of this floor. */
export const severalProblems = {
	area: 'bug',
	areaElse: 'that of the problems, where they share one; else that of a wrong answer, or of the first',
	message: '{count} problems were found, {shares}.',
	cause: 'They are: {list}',
	fix: 'Mend each of them, or have it mended, then try again.',
} as const;

const severalAsOne = (problems: readonly Problem[], first: Problem): Problem => {
	const parts = problems.flatMap(partsOf);
	if (parts.length === 1) return first;
	const {several, area = first.area, ...more} = sumOf(parts);
	const worded = (text: string): string =>
		text.replaceAll(/\{(count|shares|list)\}/gu, (_all, name: keyof Several) => String(several[name]));
	const {message, cause, fix} = severalProblems;
	return problem({code: 'several-problems', area, ...more, message: worded(message), cause: worded(cause), fix});
};

/** What happened, of all problems that an error holds, in one line. */
export const messagesOf = (error: unknown): string => {
	const [first, ...others] = partsOf(toProblem(error)).map(({message}) => message);
	return others.length === 0 ? (first ?? '') : [first ?? '', ...others].map(sentence).join(' ');
};

/**
 * Turns anything thrown into a problem, several into one with its parts; what is not a `ProblemError` is a bug of this tool and says so. Of such an error only its
 * kind is told, and where in the program it came up: its message may hold what was at hand, before any redactor knew it.
 */
export const toProblem = (error: unknown): Problem => {
	if (error instanceof ProblemError) return error.problem;
	if (error instanceof ProblemsError && error.problems[0]) return severalAsOne(error.problems, error.problems[0]);
	return problem({
		...unexpectedError,
		code: 'unexpected-error',
		message: unexpectedError.message.replace('{words}', () => kindOf(error)),
		evidence: framesOf(error),
	});
};
