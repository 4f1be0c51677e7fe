import type {ProblemTable} from '../../base/problem-table.ts';

/** The lock of a cluster: a Lease. */
export const lockTable = {
	'install-lock-lost': {
		area: 'locked',
		message: 'Lost the lock: the cluster did not answer for {seconds} s.',
		cause: 'So another run may start. {why}',
		fix: 'Try again when the cluster answers; finished steps are not done twice.',
	},
	'install-lock-left': {
		area: 'locked',
		message: 'The lock of this cluster, lease {namespace}/{lease}, could not be given back.',
		cause: 'The last try failed: {why}',
		fix: 'Nothing is lost by it: the next run takes it over after {seconds} s.',
	},
} as const satisfies ProblemTable;
