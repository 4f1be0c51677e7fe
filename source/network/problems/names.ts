import type {ProblemTable} from '../../base/problem-table.ts';

/** Names and those who are asked for them. */
export const nameTable = {
	'dns-server-invalid': {
		area: 'prerequisites',
		message: '{server} cannot be asked: a name server is given by its address.',
		cause: 'A name would have to be looked up at a name server first.',
		fix: 'Give its address, with :port when that is not 53, e.g. 10.0.0.2 or [fd00::2]:5353.',
		answers: ['network.nameServer'],
	},
	'dns-unanswered': {
		area: 'prerequisites',
		who: 'network team',
		message: 'No name server answered for {host}.',
		fix: 'Name a server that answers in network.nameServer, or have this one repaired.',
		nextSteps: ['{question}'],
		answers: ['network.nameServer'],
		cases: {
			'time-out': {cause: 'Asked: {server}. It did not answer in time; a firewall may drop what is sent there.'},
			'not listening': {cause: 'Asked: {server}. No name server listens there.'},
			'server failure': {
				cause: 'Asked: {server}. It answered SERVFAIL: it cannot reach the servers of that zone.',
			},
			refused: {cause: 'Asked: {server}. It answered REFUSED: it does not serve this host or this zone.'},
			nobody: {
				cause: 'Asked: {server}. No name server gave an answer; none may be set up, or none be reachable.',
			},
			cancelled: {cause: 'Asked: {server}. The question was cancelled.'},
			other: {cause: 'Asked: {server}. The error was {error}.'},
		},
	},
} as const satisfies ProblemTable;
