import type {ProblemTable} from '../../base/problem-table.ts';

const notYaml = 'The answer file is not valid YAML here';

/** What is wrong with the text of an answer file. */
export const textTable = {
	'answers-syntax': {
		area: 'usage',
		message: notYaml,
		cases: {
			alias: {cause: 'The alias has no anchor before it.', fix: 'Put the value in quotes, or write it out.'},
			anchor: {
				cause: 'An anchor, alias or tag is not where it can be.',
				fix: 'Write the value out instead.',
			},
			'control character': {
				cause: 'Here stands {character}, which no editor shows, and YAML does not allow it.',
				fix: 'Take it out, or write this line anew.',
			},
			directive: {cause: 'The line begins with %, which is for YAML directives.', fix: 'Take the line out.'},
			escape: {
				cause: 'A backslash in double quotes is followed by a character that has no meaning there.',
				fix: 'Use single quotes, or write the backslash twice.',
			},
			flow: {
				cause: 'A multi-line value stands within { } or [ ].',
				fix: 'Write the map or list on several lines.',
			},
			indentation: {
				cause: 'The indentation does not fit the lines above.',
				fix: 'Indent the keys of one map by the same number of spaces.',
			},
			deeper: {
				cause: 'This line has a value already, and the line below is indented as if it belonged to it.',
				fix: 'Indent both lines by the same number of spaces.',
			},
			'missing character': {
				cause: 'Something is missing: a colon with a space after it, a comma, a closing quote or a bracket.',
				fix: 'Look at this line and the one above, and add what is missing.',
			},
			'one line': {
				cause: 'A key and its colon must be on one line, and a value that holds ": " needs quotes.',
				fix: 'Write "key: value" with a space after the colon, and put the value in quotes.',
			},
			pem: {
				cause: 'A certificate or key was pasted in here; answers hold the path of the file that it is in.',
				fix: 'Put it into a file of its own, for a key with mode 0600, and write the path of that file here.',
			},
			'second document': {
				cause: 'A line with --- begins a second document, and an answer file has one.',
				fix: 'Take out the line with --- and what follows it.',
			},
			'special character': {
				cause: 'The text begins or goes on with a character that means something in YAML.',
				fix: 'Put the value in single quotes.',
			},
			tab: {cause: 'The line is indented by a tab.', fix: 'Indent by spaces.'},
			tabs: {cause: 'The lines {lines} are indented by tabs.', fix: 'Indent them by spaces.'},
			tag: {
				cause: 'Answers are plain text, numbers, true and false; tags such as !name are not.',
				fix: 'Take the tag out, or put the value in quotes.',
			},
			other: {cause: 'YAML does not allow what stands here.', fix: 'Look at this line and the one above.'},
		},
	},
	'answers-encoding': {
		area: 'usage',
		message: 'The answer file is not text in UTF-8',
		cases: {
			'UTF-16': {
				cause: 'It is in UTF-16, as PowerShell 5 and Notepad write it.',
				fix: 'Save it as UTF-8.',
				nextSteps: ['iconv -f UTF-16 -t UTF-8 {$file} > {$file}.utf8'],
			},
			binary: {cause: 'It holds bytes of zero, so it is no text.', fix: 'Give the path of the answer file.'},
			'not UTF-8': {
				cause:
					'A character here is in another encoding, such as Latin-1; letters with accents are written differently there.',
				fix: 'Save the file as UTF-8.',
				nextSteps: ['iconv -f ISO-8859-1 -t UTF-8 {$file} > {$file}.utf8'],
			},
		},
	},
	'answers-too-large': {
		area: 'usage',
		message: 'The answer file has more than {most}',
		cause: 'An answer file has {most} at most; this looks like another file.',
		fix: 'Give the path of the answer file.',
		cases: {size: {}, depth: {message: 'The answer file has too many levels'}},
	},
	'answers-duplicate-key': {
		area: 'usage',
		cause: 'It is already given in line {line}, column {column}. Only one of the two can count.',
		fix: 'Take one of them out.',
		cases: {answer: {message: '{answer} is given twice'}, 'unknown key': {message: 'A key is given twice'}},
	},
} as const satisfies ProblemTable;
