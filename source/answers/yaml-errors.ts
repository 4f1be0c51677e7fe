import type {ErrorCode} from 'yaml';

type Advice = {readonly cause: string; readonly fix: string};

const indentation: Advice = {
	cause: 'The indentation does not fit the lines above.',
	fix: 'Indent the keys of one map by the same number of spaces.',
};
const oneLine: Advice = {
	cause: 'A key and its colon must be on one line, and a value that holds ": " needs quotes.',
	fix: 'Write "key: value" with a space after the colon, and put the value in quotes.',
};
const quotes: Advice = {
	cause: 'The text begins or goes on with a character that means something in YAML.',
	fix: 'Put the value in single quotes.',
};
const noTags: Advice = {
	cause: 'Answers are plain text, numbers, true and false; tags such as !name are not.',
	fix: 'Take the tag out, or put the value in quotes.',
};
const oneAnchor: Advice = {
	cause: 'An anchor, alias or tag is not where it can be.',
	fix: 'Write the value out instead.',
};

const advice: Partial<Readonly<Record<ErrorCode, Advice>>> = {
	ALIAS_PROPS: oneAnchor,
	BAD_ALIAS: {cause: 'The alias has no anchor before it.', fix: 'Put the value in quotes, or write it out.'},
	BAD_COLLECTION_TYPE: noTags,
	BAD_DIRECTIVE: {cause: 'The line begins with %, which is for YAML directives.', fix: 'Take the line out.'},
	BAD_DQ_ESCAPE: {
		cause: 'A backslash in double quotes is followed by a character that has no meaning there.',
		fix: 'Use single quotes, or write the backslash twice.',
	},
	BAD_INDENT: indentation,
	BAD_PROP_ORDER: oneAnchor,
	BAD_SCALAR_START: quotes,
	BLOCK_AS_IMPLICIT_KEY: oneLine,
	BLOCK_IN_FLOW: {
		cause: 'A multi-line value stands within { } or [ ].',
		fix: 'Write the map or list on several lines.',
	},
	KEY_OVER_1024_CHARS: oneLine,
	MISSING_CHAR: {
		cause: 'Something is missing: a colon with a space after it, a comma, a closing quote or a bracket.',
		fix: 'Look at this line and the one above, and add what is missing.',
	},
	MULTILINE_IMPLICIT_KEY: oneLine,
	MULTIPLE_ANCHORS: oneAnchor,
	MULTIPLE_DOCS: {
		cause: 'A line with --- begins a second document, and an answer file has one.',
		fix: 'Take out the line with --- and what follows it.',
	},
	MULTIPLE_TAGS: noTags,
	NON_STRING_KEY: oneLine,
	TAB_AS_INDENT: {cause: 'The line is indented by a tab.', fix: 'Indent by spaces.'},
	TAG_RESOLVE_FAILED: noTags,
};

/**
 * Cause and fix of an error of the YAML library (`ErrorCode` of yaml 2). The words of the library are not used, since
 * they repeat text of the file, which may be a secret.
 */
export const causeOf = (code: ErrorCode): Advice =>
	advice[code] ?? {cause: 'YAML does not allow what stands here.', fix: 'Look at this line and the one above.'};
