import {isDiskFull} from './errno.ts';
import type {Actor} from './people/actor.ts';
import {type Location, type Problem, type ProblemArea, type ProblemCode, ProblemError} from './problem.ts';
import {shellWord} from './shell.ts';

/**
 * The words of a problem. `{name}` stands for a fact that is only known when it happens, `{$name}` for the same as one word of a shell,
 * which every fact of `nextSteps` is, but one that is the whole step: SQL, for example.
 */
type Words = {
	/** What happened, one sentence. */
	readonly message: string;
	/** The same in a few words that name no fact, for a row of a table. */
	readonly short?: string;
	/** Why it happened, as far as is known. */
	readonly cause: string;
	/** The one move that most likely mends it. */
	readonly fix: string;
	/** Further commands or moves, in order. */
	readonly nextSteps?: readonly string[];
	/** Paths of answers whose change may mend it. */
	readonly answers?: readonly string[];
	/** The step that a run has to begin with to mend it. */
	readonly startFrom?: string;
	/** Who has to act; the operator where nothing is said. */
	readonly who?: Actor;
};

/**
 * One problem as its room declares it. Where the same refusal has several causes, each is a case by name; what a case does not say
 * stands beside `cases`.
 */
export type Declaration = {readonly area: ProblemArea} & Partial<Words> & {
		/** Where it may be raised in another area than its own: which one, in a few words. */
		readonly areaElse?: string;
		readonly cases?: Readonly<Record<string, Partial<Words>>>;
	};

/** Every problem of one room, by code. */
export type ProblemTable = Readonly<Record<string, Declaration>>;

/** Placeholders in a text. Braces around a blank are braces: YAML's `{ }`. */
type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
	? (Name extends `${string} ${string}` ? never : Name extends `$${infer Word}` ? Word : Name) | Names<Rest>
	: never;
type Spoken<W> =
	| (W extends {readonly message: infer T} ? Names<T> : never)
	| (W extends {readonly cause: infer T} ? Names<T> : never)
	| (W extends {readonly fix: infer T} ? Names<T> : never)
	| (W extends {readonly nextSteps: readonly (infer T)[]} ? Names<T> : never);

/** A value that stands in the words of a problem. */
export type Fact = string | number;

/** What must be given in one case: what its own words name, and what the shared words name that it does not replace. */
type InCase<D, Case> = {readonly [Name in Spoken<Omit<D, keyof Case>> | Spoken<Case>]: Fact} & {
	readonly [Name in Spoken<D>]?: Fact;
};

/** What must be given to raise a problem: the facts that its words name and, where it has cases, which one it is. */
export type Given<D> = D extends {readonly cases: infer Cases}
	? {
			readonly [Case in keyof Cases & string]: {readonly case: Case} & InCase<D, Cases[Case]>;
		}[keyof Cases & string]
	: {readonly [Name in Spoken<D>]: Fact};

/** The names of the cases of a code: `CaseOf<typeof networkProblems.table, 'https-reset'>`. */
export type CaseOf<Table extends ProblemTable, Code extends keyof Table> = Table[Code] extends {
	readonly cases: infer Cases;
}
	? keyof Cases & string
	: never;

/** What is known beyond the words. */
export type Circumstances = {
	/** Raw lines that support the cause; they are cut and cleaned where they are shown. */
	readonly evidence?: readonly string[] | undefined;
	readonly location?: Location | undefined;
	/** Answers that only this time are known to mend it; they come after those of the table. */
	readonly answers?: readonly string[] | undefined;
	/** Moves that only this time are known; they come after those of the table. */
	readonly nextSteps?: readonly string[] | undefined;
	/** The part of the world in which it was met, where the same refusal is met in several. */
	readonly area?: ProblemArea | undefined;
	readonly who?: Actor | undefined;
	/** The problems that it sums up. */
	readonly parts?: readonly Problem[] | undefined;
	/** How long the peer asked to wait before the next try, ms. */
	readonly retryAfterMs?: number | undefined;
	/** The error that was turned into this problem. */
	readonly error?: unknown;
};

/** The problems of one room, to be raised. */
export type Problems<Table extends ProblemTable> = {
	readonly table: Table;
	/** The problem as a value, for a finding. */
	readonly problem: <Code extends keyof Table & string>(
		code: Code,
		given: Given<Table[Code]>,
		more?: Circumstances,
	) => Problem;
	/** The same as an error, to be thrown. */
	readonly error: <Code extends keyof Table & string>(
		code: Code,
		given: Given<Table[Code]>,
		more?: Circumstances,
	) => ProblemError;
};

/**
 * Words of Node without its advice about Node itself (lib/internal/tls, since 24): nobody starts this program with flags of Node, and the
 * CA that counts is that of the answers.
 */
const withoutNodeAdvice = (line: string): string =>
	line.replace(/; if the root CA is installed locally, try running Node\.js with --use-system-ca/u, '');

/** Puts facts into words: `{file} cannot be read.` */
const spoken = (text: string, facts: Readonly<Record<string, Fact>>): string =>
	text.replaceAll(/\{(\$?)(\w+)\}/gu, (whole, mark: string, name: string) => {
		const fact = facts[name];
		if (fact === undefined) return whole;
		const said = withoutNodeAdvice(String(fact));
		return mark === '' ? said : shellWord(said);
	});

/** A command as it may be typed: each of its facts is one word. */
const asCommand = (text: string): string => (/^\{\w+\}$/u.test(text) ? text : text.replaceAll(/\{(\w+)\}/gu, '{$$$1}'));

/** A declaration with one of its cases put in. */
export const wordsOf = (
	{cases, area: _area, areaElse: _else, ...shared}: Declaration,
	name?: string,
): Partial<Words> => ({
	...shared,
	...(name === undefined ? {} : cases?.[name]),
});

/** A host whose disk is full is the same trouble whatever could not be written on it, and ends with the same exit code. */
const make = (code: string, declaration: Declaration, given: object, more: Circumstances): Problem => {
	const {case: name, ...facts} = given as Readonly<Record<string, Fact>> & {readonly case?: string};
	const words = wordsOf(declaration, name);
	const say = (text = ''): string => spoken(text, facts);
	const answers = [...(words.answers ?? []), ...(more.answers ?? [])];
	return {
		code: code as ProblemCode,
		area: isDiskFull(more.error) ? 'prerequisites' : (more.area ?? declaration.area),
		who: more.who ?? words.who ?? 'operator',
		message: say(words.message),
		cause: say(words.cause),
		fix: say(words.fix),
		nextSteps: [...(words.nextSteps ?? []).map((step) => say(asCommand(step))), ...(more.nextSteps ?? [])],
		...(answers.length > 0 && {answers}),
		...(words.startFrom !== undefined && {startFrom: words.startFrom}),
		...(more.evidence && more.evidence.length > 0 && {evidence: more.evidence.map(withoutNodeAdvice)}),
		...(more.location && {location: more.location}),
		...(more.parts && {parts: more.parts}),
	};
};

/**
 * Declares the problems of a room, once and for all: their words, who must act, which answers mend them. The room adds the type of
 * its table to `ProblemTables`, which makes its codes known everywhere.
 */
export const declareProblems = <const Table extends ProblemTable>(table: Table): Problems<Table> => {
	const problem = (code: string, given: object, more: Circumstances = {}): Problem => {
		const declaration = table[code];
		if (!declaration) throw new TypeError(`No problem is declared as ${code}.`);
		return make(code, declaration, given, more);
	};
	return {
		table,
		problem,
		error: (code, given, more = {}) =>
			new ProblemError(problem(code, given, more), {
				...(more.error === undefined ? {} : {cause: more.error}),
				facts: given as Readonly<Record<string, Fact>>,
				retryAfterMs: more.retryAfterMs,
			}),
	};
};
