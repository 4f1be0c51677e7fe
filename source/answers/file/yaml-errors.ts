import type {ErrorCode, YAMLError} from 'yaml';
import type {CaseOf} from '../../base/problem-table.ts';
import type {answersProblems} from '../problems.ts';

/** What the parser finds wrong in the text of an answer file: cases of `answers-syntax`. */
export type Slip = Exclude<CaseOf<typeof answersProblems.table, 'answers-syntax'>, 'control character' | 'tabs'>;

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

/** A bracket that is not closed is of the same code as a wrong indentation, and differs in its words alone (yaml 2, resolve-flow-collection). */
const isOpen = ({code, message}: Pick<YAMLError, 'code' | 'message'>): boolean =>
	code === 'BAD_INDENT' && message.startsWith('Flow ');

/**
 * The slip behind an error of the YAML library (`ErrorCode` of yaml 2). The words of the library are not shown, since
 * they repeat text of the file, which may be a secret.
 */
export const slipOf = (error: Pick<YAMLError, 'code' | 'message'>): Slip =>
	isOpen(error) ? 'missing character' : (slips[error.code] ?? 'other');

/** A slip and the line where it was found, counted from 1. */
type Placed = {readonly slip: Slip; readonly place: {readonly line: number}};

/** The lines of each PEM in a text, counted from 1; one that was cut ends with the text. */
const pemsIn = (text: string): readonly {readonly from: number; readonly to: number}[] => {
	const lines = text.split('\n');
	return lines.flatMap((line, index) => {
		if (!line.includes('-----BEGIN ')) return [];
		const end = lines.findIndex((one, at) => at >= index && one.includes('-----END '));
		return [{from: index + 1, to: end < 0 ? lines.length : end + 1}];
	});
};

/** Slips within a PEM, or in the line below it, as that of the whole: it was pasted in, where the path of its file belongs. */
export const atPems = <Found extends Placed & {readonly place: {readonly column: number}}>(
	found: readonly Found[],
	text: string,
): readonly Found[] => {
	const pems = pemsIn(text);
	return found.map((one) => {
		const pem = pems.find(({from, to}) => one.place.line >= from && one.place.line <= to + 1);
		return pem === undefined ? one : {...one, slip: 'pem', place: {...one.place, line: pem.from, column: 1}};
	});
};

/** Slips without the wrong indentations in the lines right below another slip: one line out of place is told of each that follows it. */
const withoutFollowing = <Found extends Placed>(found: readonly Found[]): readonly Found[] => {
	const lines = new Set(found.map(({place: {line}}) => line));
	return found.filter(({slip, place: {line}}) => slip !== 'indentation' || !lines.has(line - 1));
};

/** A line whose indentation has a tab, and more than that. */
const tabbed = /^ *\t\s*\S/u;

/**
 * Slips without those that another one brings along, such as a tab: behind the first one the parser knows no level any more, and each line may be refused for
 * it, also the one before. `tabs` are the lines from there on that are indented so.
 */
export const withoutEchoes = <Found extends Placed>(
	found: readonly Found[],
	text: string,
): {readonly slips: readonly Found[]; readonly tabs: readonly number[]} => {
	const lines = text.split('\n');
	const isTabbed = (line: number): boolean => tabbed.test(lines[line - 1] ?? '');
	const first = found.find(({place: {line}}) => isTabbed(line));
	if (!first) return {slips: withoutFollowing(found), tabs: []};
	const {line: from} = first.place;
	const before = found.filter(({place: {line}}) => line < from - 1);
	return {
		slips: [...before, {...first, slip: 'tab'}],
		tabs: lines.map((_, index) => index + 1).filter((line) => line >= from && isTabbed(line)),
	};
};
