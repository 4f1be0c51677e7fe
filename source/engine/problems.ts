import {declareProblems} from '../base/problem-table.ts';

/** Problems of the engine: what can happen to any plan. */
export const engineProblems = declareProblems({
	stopped: {
		area: 'stopped',
		message: '{what} was stopped before its end.',
		cause: 'It was told to stop: {reason}.',
		fix: 'Started again it looks at the world first and goes on: nothing is done twice.',
	},
	drift: {
		area: 'verification',
		message: 'Differs from the answers: {step}.',
		cause: 'It differs in: {changes}.',
		fix: 'Run "{command}" with the same answers: it changes only what differs.',
	},
	'brought-back': {
		area: 'cluster',
		areaElse: 'the problem after which it was chosen',
		message: '{step}: failed and undone; {done}.',
		cause: 'It was brought back after this problem: {problem}',
		fix: 'Mend the cause of that first; then start the same command again: it begins this step anew.',
	},
	'did-not-converge': {
		area: 'bug',
		areaElse: 'the step that it is told of',
		message: '{step}: was applied, but the world still differs.',
		cause: 'It still differs in: {changes}.',
		fix: 'Try again. If it stays, something else changes these things back: find out who, e.g. a GitOps controller or an operator.',
	},
	'state-unreadable': {
		area: 'usage',
		message: 'The state file {file} cannot be used.',
		cases: {
			refused: {
				cause: 'It cannot be read: {reason}',
				fix: 'Mend its owner or mode, or name another folder with --state-dir.',
			},
			damaged: {
				cause: 'It is not JSON: {reason}.',
				fix: 'Move it away and try again: the tool finds out from the world itself what is done.',
			},
			'no journal': {
				cause: 'It is not a journal: {reason}.',
				fix: 'Move it away and try again: the truth is in the world, and is looked at anew.',
			},
		},
	},
	'state-not-ours': {
		area: 'usage',
		message: 'What lies under the name of the state file {file} is not used.',
		nextSteps: ['ls -l {file}'],
		cases: {
			'no file': {
				cause: 'It is {is}, and not a file that this program wrote.',
				fix: 'Look at it with "ls -l", move it away and try again: the tool finds out from the world itself what is done.',
			},
			owner: {
				cause: 'It belongs to the user with number {owner}, and not to the one who runs this program.',
				fix: 'Start as that user, or name a folder of your own with --state-dir.',
			},
			'too large': {
				cause: 'It has {size}; a journal has at most {most}.',
				fix: 'Move it away and try again: the tool finds out from the world itself what is done.',
			},
		},
	},
	'state-newer': {
		area: 'usage',
		message: 'The state file {file} was written by a newer version of this program ({tool}).',
		cause: 'It has layout {theirs}; this program knows {ours}.',
		fix: 'Use the newer program, or name another folder with --state-dir.',
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly engine: typeof engineProblems.table;
	}
}
