import {declareProblems} from '../../base/problem-table.ts';

/** Problems of a rehearsal, before it is one. */
export const rehearsalRunProblems = declareProblems({
	'rehearsal-folder-foreign': {
		area: 'prerequisites',
		message: 'The folder {folder} belongs to somebody else.',
		cause: 'The rehearsal of root keeps its world there, and will not trust a folder that another user made.',
		fix: 'Remove that folder, or name another --state-dir.',
	},
	'rehearsal-locked': {
		area: 'locked',
		message: 'A rehearsal is up in {folder} already: process {pid} of {user} on {host}, since {since}.',
		cause: 'It holds the lock {file}; two in one folder would share ports and files.',
		fix: 'Use that one, end it with Ctrl-C in its shell, or name another --state-dir for this one.',
	},
	'rehearsal-needs-mysql': {
		area: 'prerequisites',
		message: 'A rehearsal of {plan} needs a real MySQL.',
		cause: 'In this world a played one stands in, which no mysqldump can read.',
		cases: {
			own: {
				fix: "Begin the world anew with one from Debian's packages; what is installed in this one is forgotten.",
			},
			served: {
				fix: "End it with Ctrl-C in its shell and begin it anew there, with one from Debian's packages; what is installed in this one is forgotten.",
			},
		},
		nextSteps: ['{command}'],
	},
	'rehearsal-not-served': {
		area: 'usage',
		message: 'No rehearsal takes faults here.',
		cases: {
			nobody: {
				cause: 'None is under way or kept up with the state folder {folder}.',
				fix: 'Start one in another shell or name its folder with --state-dir.',
				nextSteps: ['zenml-airgap rehearse --serve'],
			},
			silent: {
				cause: 'The one that is up did not answer in {seconds} s.',
				fix: 'Look at the shell in which it was started.',
			},
		},
	},
	'rehearsal-not-up': {
		area: 'prerequisites',
		message: 'These answers are those of a rehearsal, and its world is not up.',
		cause: 'Their kubeconfig is that of the played world in {folder}, whose cluster does not answer.',
		cases: {
			usual: {
				fix: 'For a real install take answers of your own site. To practise in that world, start it in another shell.',
				nextSteps: ['zenml-airgap rehearse --serve'],
			},
			elsewhere: {
				fix: 'For a real install take answers of your own site. To practise in that world, start it in another shell.',
				nextSteps: ['zenml-airgap rehearse --serve --state-dir {state}'],
			},
			unknown: {
				fix: 'For a real install take answers of your own site. To practise in that world, start it in another shell, with the --state-dir of that rehearsal.',
				nextSteps: ['zenml-airgap rehearse --serve'],
			},
		},
	},
	'rehearsal-not-accepted': {
		area: 'usage',
		message: 'Nobody has agreed that what {plan} takes away is lost.',
		cause: 'This run asks nothing, and the command that is rehearsed would not begin without that word either.',
		fix: 'Go through it at a terminal, or add --accept-loss.',
		nextSteps: ['zenml-airgap rehearse {plan} --non-interactive --accept-loss'],
	},
	'rehearsal-state-foreign': {
		area: 'usage',
		message: 'The folder {folder} holds the state of another install; it is not removed.',
		cause: 'Its state.json was not written by a rehearsal in this folder.',
		fix: 'Name another --state-dir for the rehearsal.',
	},
	'rehearsal-stays-inside': {
		area: 'usage',
		cause: 'A rehearsal only touches the cluster, registry and database that it started itself.',
		cases: {
			set: {
				message: '{answer} cannot be set in a rehearsal.',
				fix: 'Leave it out: the rehearsal gives its own.',
			},
			changed: {
				message: '{answer} cannot be changed in a rehearsal.',
				fix: 'Set it back to {own}',
			},
			added: {
				message: '{answer} cannot be set in a rehearsal.',
				fix: 'Leave it empty: the rehearsal has none.',
			},
		},
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly rehearsalRun: typeof rehearsalRunProblems.table;
	}
}
