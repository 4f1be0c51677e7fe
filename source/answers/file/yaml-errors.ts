import type {ErrorCode} from 'yaml';
import type {CaseOf} from '../../base/problem-table.ts';
import type {answersProblems} from '../problems.ts';

/** What the parser finds wrong in the text of an answer file: cases of `answers-syntax`. */
export type Slip = Exclude<CaseOf<typeof answersProblems.table, 'answers-syntax'>, 'control character'>;

/** What YAML has no place for as it is (1.2.2, c-printable); in double quotes it can be written as an escape. */
const control = /(?![\t\n\r\u0085])\p{Cc}/gu;

/** The control characters of a text, which nobody sees and the parser takes, and where they begin, counted from 0. */
export const controlsIn = (text: string): readonly {readonly character: string; readonly offset: number}[] =>
	[...text.matchAll(control)].map(({0: character, index}) => ({character, offset: index}));

const slips: Partial<Readonly<Record<ErrorCode, Slip>>> = {
	ALIAS_PROPS: 'anchor',
	BAD_ALIAS: 'alias',
	BAD_COLLECTION_TYPE: 'tag',
	BAD_DIRECTIVE: 'directive',
	BAD_DQ_ESCAPE: 'escape',
	BAD_INDENT: 'indentation',
	BAD_PROP_ORDER: 'anchor',
	BAD_SCALAR_START: 'special character',
	BLOCK_AS_IMPLICIT_KEY: 'one line',
	BLOCK_IN_FLOW: 'flow',
	KEY_OVER_1024_CHARS: 'one line',
	MISSING_CHAR: 'missing character',
	MULTILINE_IMPLICIT_KEY: 'one line',
	MULTIPLE_ANCHORS: 'anchor',
	MULTIPLE_DOCS: 'second document',
	MULTIPLE_TAGS: 'tag',
	NON_STRING_KEY: 'one line',
	TAB_AS_INDENT: 'tab',
	TAG_RESOLVE_FAILED: 'tag',
};

/**
 * The slip behind an error of the YAML library (`ErrorCode` of yaml 2). The words of the library are not used, since
 * they repeat text of the file, which may be a secret.
 */
export const slipOf = (code: ErrorCode): Slip => slips[code] ?? 'other';
