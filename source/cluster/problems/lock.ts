import type {ProblemTable} from '../../base/problem-table.ts';

/** The lock of a cluster: a Lease. */
export const lockTable = {
	'install-locked': {
		area: 'locked',
		nextSteps: ['kubectl -n {namespace} get lease {lease} -o yaml'],
		cases: {
			held: {
				message: 'Another run is working on this cluster: {holder}.',
				cause: 'It began {begun} and was last alive {alive} ago; its lock expires in {left} unless it is renewed.',
				fix: 'Let that run end, or stop it on {host}; a run that is dead frees the lock by itself at {freeAt}.',
			},
			'taken over': {
				message: 'Another run has taken over the lock of this cluster.',
				cause: 'It is {holder}, which began {begun}; its lock expires in {left} unless it is renewed.',
				fix: 'Let that run end, or stop it on {host}; a run that is dead frees the lock by itself at {freeAt}.',
			},
			deleted: {
				message: 'The lock of this cluster, lease {namespace}/{lease}, was deleted.',
				cause: 'Somebody removed it while this run was at work; another run may now begin.',
				fix: 'Find out who removed it, then start again; finished steps are not done twice.',
			},
		},
	},
	'install-lock-lost': {
		area: 'locked',
		message: 'The lock of this cluster could not be renewed for {seconds} s.',
		cause: 'Another run may now begin. {why}',
		fix: 'Start again when the cluster answers; finished steps are not done twice.',
	},
} as const satisfies ProblemTable;
