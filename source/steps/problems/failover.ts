/** Problems of the test of a failover. */
export const failoverTable = {
	'failover-not-well': {
		area: 'database',
		message: 'The {who} does not answer as it should, so a failover would measure nothing.',
		cause: 'It was asked before the failover: {words}',
		fix: 'Mend that first; zenml-airgap verify says more.',
	},
	'failover-silent': {
		area: 'database',
		message: 'The {who} gave no answer within {seconds} s.',
		cause:
			'Nobody refused the question, and nobody answered it: what runs there stands still, or nothing comes through to it.',
		fix: 'Look whether it runs, and whether its name leads to what runs.',
		nextSteps: ['zenml-airgap verify'],
	},
	'failover-not-seen': {
		area: 'people',
		who: 'database admin',
		message: 'No failover was seen: not done {when}.',
		cause: 'Every database answered all the time.',
		fix: 'Agree on a time with the database admin, and start again just before it; network.waitMinutes says how long it is waited.',
		answers: ['network.waitMinutes'],
	},
	'failover-not-over': {
		area: 'people',
		who: 'database admin',
		message: 'The failover is not over: not done {when}.',
		cause: 'Still away, or not steady yet: {down}.',
		fix: 'Have the database admin look at the new primary and at the name that leads to it; where the databases answer, restart the servers that do not.',
		nextSteps: ['zenml-airgap verify'],
	},
	'failover-not-watched': {
		area: 'usage',
		message: 'There is no failover to report.',
		cause: 'The run began after the step that watches it.',
		fix: 'Start it again without --from.',
	},
} as const;
