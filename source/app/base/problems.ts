import {declareProblems} from '../../base/problem-table.ts';

/** Problems of the program itself: its command line, its folders, its answers. */
export const appProblems = declareProblems({
	'command-line-invalid': {
		area: 'usage',
		message: 'The command line is not understood.',
		cause: 'What is wrong: {words}',
		fix: 'Look at zenml-airgap --help for the commands, and at COMMAND --help for what each of them takes.',
	},
	'word-empty': {
		area: 'usage',
		message: 'There is an empty word on the command line.',
		cause: 'Mostly a variable of the shell is not set.',
		fix: 'Set it, or leave the word out; the current folder is called "."',
	},
	'steps-empty-range': {
		area: 'usage',
		message: 'No step lies between --from {from} and --until {until}.',
		cause: 'The step {from} comes after {until}.',
		fix: 'Exchange the two, or leave one out. The order is: {order}.',
	},
	'passwords-without-database': {
		area: 'usage',
		message: '--with-passwords has nothing to write.',
		cause: 'It is for the papers of the database, which are not among: {topics}.',
		fix: 'Leave it out, or name the database as well.',
		nextSteps: ['zenml-airgap handover database --with-passwords'],
	},
	'back-not-accepted': {
		area: 'usage',
		message: 'Nobody has agreed that what was written since the dump is lost.',
		cause: 'This run asks nothing, and a way back takes away what was written since its dump was made.',
		fix: 'Look at it first; then add --accept-loss.',
		nextSteps: ['zenml-airgap back {component} --look'],
	},
	'restore-not-accepted': {
		area: 'usage',
		message: 'Nobody has agreed that what was written since the backup is lost.',
		cause: 'This run asks nothing, and a restore takes away what was written since its backup was made.',
		fix: 'Look at it first; then add --accept-loss.',
		nextSteps: ['{command}'],
	},
	'restore-two-scopes': {
		area: 'usage',
		message: 'Both --workspace and --database are given.',
		cause: 'A restore is of the whole, of one workspace with its keys, or of one database.',
		fix: 'Leave one of the two out.',
	},
	'restore-answers-missing': {
		area: 'usage',
		message: 'The backup {backup} has no answers in it that can be used.',
		cause: 'Its part with the answers is missing, or is none of this tool.',
		fix: 'Give the answers of the site: --answers FILE.',
	},
	'restore-page-unwritable': {
		area: 'usage',
		message: 'The page cannot be written to {file}.',
		cause: 'The system says: {reason}',
		fix: 'Name another file with --out.',
	},
	'asked-unreadable': {
		area: 'usage',
		message: 'Who asks other teams, and until when, cannot be read from {file}.',
		fix: 'Make it readable, or remove it and give --contact and --by to the command "handover" again.',
		cases: {
			refused: {cause: 'The system says: {reason}'},
			broken: {cause: 'It holds something else than this program wrote.'},
		},
	},
	'report-unwritable': {
		area: 'usage',
		message: 'The report cannot be written to {file}.',
		cause: 'The system says: {reason}',
		fix: 'Mend that, or name another file with --out; without it the report is printed.',
	},
	'papers-in-the-way': {
		area: 'usage',
		message: 'The papers would be written over files in {folder}: {names}.',
		cause: 'This program did not write them, or somebody changed them since. Nothing was written.',
		fix: 'Move these files away, or name another folder with --out.',
	},
	'papers-unwritable': {
		area: 'usage',
		message: 'The papers cannot be written to {folder}.',
		cause: 'The system says: {reason}',
		fix: 'Make room there or make it writable (chmod), or name another folder with --out; then start this command again.',
	},
	'answers-prompt-without-terminal': {
		area: 'usage',
		message: '{secrets} to be typed, but this run asks nothing.',
		cause: '"prompt" stands at {places}.',
		fix: 'Put a reference there: env:NAME, file:PATH or k8s:namespace/name/key.',
	},
	'answers-file-unreadable': {
		area: 'usage',
		message: 'The answer file {file} cannot be read.',
		cases: {
			file: {
				cause: 'The system says: {reason}',
				fix: 'Correct the path after --answers, or make the file readable (chmod); zenml-airgap answers init FILE writes one to start from.',
			},
			'not piped': {
				message: 'There are no answers on standard input.',
				cause: 'A - in the place of the answer file stands for what is piped in, and standard input is a terminal.',
				fix: 'Pipe the answers in, or name their file.',
			},
			'not handed on': {
				cause:
					'It is a pipe that the shell opened, and what started this program, such as sudo or npm, did not hand it on.',
				fix: 'Pipe the answers in and write - in the place of the file, or name a file.',
			},
		},
	},
	'answers-file-unwritable': {
		area: 'usage',
		message: 'The answer file {file} cannot be written.',
		cases: {
			'is there': {
				cause: 'Something of that name is there, and it may hold answers.',
				fix: 'Name another file, or move that one away.',
			},
			refused: {cause: 'The system says: {reason}', fix: 'Mend that, or name a file in another folder.'},
		},
	},
	'explain-unknown-code': {
		area: 'usage',
		message: 'There is no problem, answer or step {code}.',
		cases: {
			'near ones': {
				cause: 'Names are written as they stand in messages and files; the nearest: {near}.',
				fix: 'Write zenml-airgap explain {first}, or leave the name out to see all of them.',
			},
			'none near': {
				cause:
					'Problems are written by their code (registry-unauthorized), answers by their path (registry.host), steps by their name (images).',
				fix: 'Leave the name out to see all of them.',
			},
		},
	},
	'docs-unknown-topic': {
		area: 'usage',
		message: 'There is no topic {topic}.',
		cases: {
			'near ones': {
				cause: 'The nearest: {near}.',
				fix: 'Write zenml-airgap docs {first}, or leave the topic out to see all of them.',
			},
			'none near': {
				cause: 'Nothing is called so, or nearly so.',
				fix: 'Leave the topic out to see all of them: zenml-airgap docs.',
			},
		},
	},
	'docs-answers-unused': {
		area: 'usage',
		message: 'The page {topic} says nothing of a site.',
		cause: '--answers was given, and only the topic network reads answers.',
		fix: 'Leave --answers out, or write zenml-airgap docs network --answers {file}.',
	},
	'secret-unknown-name': {
		area: 'usage',
		cause: 'Of these answers the tool generates: {names}.',
		fix: 'Name one of these; "zenml-airgap secrets list" says what each is for.',
		cases: {
			unknown: {message: 'There is no generated password {name}.'},
			none: {message: 'The password to be shown was not named.'},
		},
	},
	'secret-not-shown': {
		area: 'usage',
		message: 'The password {name} was not shown.',
		cases: {
			refused: {
				cause: 'The question was not answered with yes.',
				fix: 'Start the command again and answer yes, or leave it.',
			},
			'no terminal': {
				cause: 'Standard output is not a terminal, so the password would go to a file or a log.',
				fix: 'Run it at a terminal, or add --yes where it is to go there.',
			},
		},
	},
	'nothing-to-report': {
		area: 'usage',
		message: 'There is nothing to report yet.',
		cause: 'No run was started here.',
		fix: 'Start the run; what is wrong with answers is told where they are given.',
	},
	'no-earlier-run': {
		area: 'usage',
		cause: 'There is no {file}.',
		cases: {
			install: {
				message: 'No install was started with this state folder.',
				fix: 'Name the folder of the run you mean with --state-dir, or start an install.',
			},
			rehearsal: {
				message: 'No install was started with this state folder; a rehearsal was played.',
				fix: 'Add what names its folder: "{command}". For another run, name its folder with --state-dir.',
			},
			report: {
				message: 'Nothing was run with this state folder that could be reported.',
				fix: 'Name the folder of the run you mean with --state-dir.',
			},
			'rehearsal report': {
				message: 'Nothing was run with this state folder that could be reported; a rehearsal was played.',
				fix: 'Add what names its folder: "{command}". For another run, name its folder with --state-dir.',
			},
		},
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly app: typeof appProblems.table;
	}
}
