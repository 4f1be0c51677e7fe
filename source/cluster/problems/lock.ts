import type {ProblemTable} from '../../base/problem-table.ts';

/** The lock of a cluster: a Lease. */
export const lockTable = {
	'install-lock-lost': {
		area: 'locked',
		message: 'Lost the lock: the cluster did not answer for {seconds} s.',
		cause: 'A lock that is not renewed may be taken over, so this run ended before another can begin. {why}',
		fix: 'Start again when the cluster answers: it goes on where this run ended, and does nothing twice.',
	},
	'install-lock-unsure': {
		area: 'locked',
		message: 'The lock of this cluster could not be renewed for {seconds} s, so nothing was changed.',
		cause: 'Another run may have taken it meanwhile. {why}',
		fix: 'Try again when the cluster answers: where nobody has taken the lock it is renewed, and this run goes on.',
	},
	'install-lock-left': {
		area: 'locked',
		message: 'The lock of this cluster, lease {namespace}/{lease}, could not be given back.',
		cause: 'The last try failed: {why}',
		fix: 'Nothing is lost by it: the next run takes it over after {seconds} s.',
	},
} as const satisfies ProblemTable;
