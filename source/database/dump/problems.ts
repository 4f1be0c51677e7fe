import {declareProblems} from '../../base/problem-table.ts';

const add = 'Install {package} on this host, or carry the client tools in the bundle: bundle create --client-tools.';
const again = 'Then try again: what was written before does not count.';
const goesOn = 'Then run the same command again: it goes on.';

/** Problems of dumps and restores. `work` is `dump` or `restore`, `server` host and port. */
export const dumpProblems = declareProblems({
	'dump-tools-missing': {
		area: 'database',
		message: 'No program here can dump and restore databases of {product} {version}.',
		fix: add,
		answers: ['backup.tools'],
		cases: {
			absent: {cause: 'Neither {names} was found on the search path.'},
			'too old': {
				cause: 'A program must be at least as new as the server; found: {found}.',
			},
			'other product': {cause: 'Only programs of another product were found: {found}.'},
			incomplete: {cause: 'Beside {program} there is no {missing}; both come in one package.'},
			broken: {cause: '{program} does not tell its version; it said: {words}'},
			'no cluster': {
				cause: 'The answers have them run in the cluster (backup.tools), and no image with client tools is known.',
				fix: 'Set backup.tools to auto or host, or name the image in backup.toolsImage.',
			},
			'no bundle': {
				cause: 'The bundle, which may carry an image with client tools, cannot be read: {words}',
				fix: 'Name the image at the internal registry in backup.toolsImage, put the bundle back, or install {package} on this host.',
			},
		},
	},
	'dump-failed': {
		area: 'database',
		who: 'database admin',
		message: 'The {work} of database {database} on {server} broke off.',
		nextSteps: [],
		cases: {
			'version mismatch': {
				who: 'operator',
				cause: 'The program is of another version than the server or the dump; its words stand in the evidence.',
				fix: 'Install clients of the version of the server or newer, then try again.',
			},
			permission: {
				cause: 'Role {role} lacks a privilege on what is in the database; the evidence names it.',
				fix: 'Ask the database admin to make {role} the owner of all that is in the database, then try again.',
			},
			'objects of others': {
				cause: 'The database holds objects that do not belong to role {role}, so it cannot be emptied: {words}',
				fix: 'Ask the database admin to hand them over to {role} or to drop them, then try again.',
			},
			'server full': {
				cause: 'The disk of the database server is full.',
				fix: `Ask the database admin for room. ${again}`,
			},
			'connection lost': {
				cause: 'The connection to the server was lost in the middle.',
				fix: `Check that the server is up and that nothing on the way ends long connections. ${again}`,
			},
			locked: {
				cause: 'Another session holds a lock on a table; it was waited for a minute.',
				fix: `Stop what works on the database, or ask the database admin to end that session. ${goesOn}`,
			},
			'unknown option': {
				who: 'operator',
				cause: 'The program or the server does not know an option that this tool gives.',
				fix: 'Install clients of the version of the server, then try again.',
			},
			changed: {
				cause: 'A table was changed while it was dumped: a migration or another program works on the database.',
				fix: `Wait until nothing migrates. ${again}`,
			},
			login: {
				who: 'operator',
				cause: 'The server refuses the login of {role} to the program.',
				fix: 'Correct the password, then try again.',
			},
			TLS: {
				who: 'operator',
				cause: 'The program and the server do not agree on TLS.',
				fix: 'Check CA and host name of the server in the answers, then try again.',
			},
			unreachable: {
				who: 'network team',
				cause: 'The program cannot reach the server.',
				fix: `Check that the server is up and that it can be reached from where the program runs. ${again}`,
			},
			'too large': {
				cause: 'A row is larger than the server takes (max_allowed_packet).',
				fix: `Ask the database admin to raise max_allowed_packet. ${again}`,
			},
			silent: {
				cause: 'No byte passed for {minutes} minutes.',
				fix: `Ask the database admin what the session waits for. ${again}`,
			},
			other: {
				cause: 'The program ended with {ending}; its words stand in the evidence.',
				fix: `Look into the evidence and the server's log. ${again}`,
			},
		},
	},
	'restore-blocked': {
		area: 'database',
		who: 'database admin',
		message: 'Database {database} on {server} is still in use: nothing of it was taken away.',
		fix: `Stop what works on the database, or ask the database admin to end that session. ${goesOn}`,
		cases: {
			'does not end': {
				cause: 'Session {id} of {user} from {host} has been there {age} and does not go although it was told to.',
			},
			'of another': {
				cause: 'Session {id} of {user} from {host} has been there {age} and holds locks on its tables.',
			},
			'not shown': {
				cause:
					'Another session holds a lock on one of its tables, which was waited for {seconds} s; those that {role} may see stand in the evidence.',
			},
		},
	},
	'dump-incomplete': {
		area: 'database',
		message: 'The dump for database {database} on {server} is not whole, or is none.',
		cause: 'It ends before its end, or begins with something else; its words stand in the evidence.',
		fix: 'Restore from another backup.',
		cases: {
			PostgreSQL: {nextSteps: ['The database is as it was before.']},
			MySQL: {
				nextSteps: ['The database holds a part of it and is marked as such; no server may be started on it.'],
			},
		},
	},
	'dump-of-a-half': {
		area: 'database',
		message: 'Database {database} on {server} is half restored.',
		cause: 'A restore into it began and did not come to its end.',
		fix: 'Restore it again, from any backup; until then no server may be started on it and it cannot be backed up.',
	},
	'dump-program': {
		area: 'database',
		message: 'The program {program} cannot be run.',
		cause: 'The operating system did not start it. {words}',
		fix: 'Install the clients of the database anew, or name other ones on the search path.',
	},
	'dump-password': {
		area: 'database',
		message: 'The password of {role} on {server} cannot be handed to pg_dump.',
		cause: 'It holds a line break, which a password file of PostgreSQL cannot hold.',
		fix: 'Give the role a password without line breaks.',
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly dump: typeof dumpProblems.table;
	}
}
