import {severalProblems, unexpectedError} from './problem.ts';
import {declareProblems} from './problem-table.ts';

/** Problems of the ground floor: locks, files for state, bounds on time, and what nobody thought of. */
export const baseProblems = declareProblems({
	'time-out': {
		area: 'bug',
		areaElse: 'the step that did not end',
		message: '{what} did not end within {seconds} s.',
		cause: 'It was still busy with: {reason}.',
		fix: 'Look at the log for what it waited for, mend that, and try again; what is done already stays done.',
	},
	'install-locked': {
		area: 'locked',
		cases: {
			'on this host': {
				message: 'Another run is under way: process {pid} of {user} on {host}, since {since}.',
				cause: 'It holds the lock {file}.',
				fix: 'Wait for it, or stop it there with Ctrl-C; then start this command again.',
			},
			'on another host': {
				message: 'Another run is under way: process {pid} of {user} on {host}, since {since}.',
				cause: 'It holds the lock {file}, and was seen to renew it; its host or container shares this folder.',
				fix: 'Wait for it, or stop it there with Ctrl-C; of a run that is dead the lock is free after {seconds} s.',
			},
			'of an older version': {
				message: 'The lock {file} may be held: by process {pid} of {user} on {host}, since {since}.',
				cause:
					'It was written on another host by an older version of this program, of which it cannot be told from here whether it lives.',
				fix: 'Make sure that it does not run there, remove {file}, and start this command again.',
				nextSteps: ['ps -fp {pid} (on {host})', 'rm {file}'],
			},
			'file taken over': {
				message: 'Another run has taken over the lock {file}.',
				cause: 'This run did not renew it for a while: its process was halted, or the folder could not be reached.',
				fix: 'Let that run end, then try again; finished steps are not done twice.',
			},
			'file not renewed': {
				message: 'The lock {file} could not be renewed for too long.',
				cause: 'So another run may start. {words}',
				fix: 'Make the folder reachable, then try again; finished steps are not done twice.',
			},
			held: {
				message: 'Another run is working on this cluster: {holder}.',
				cause: 'It began {begun}, and renewed its lock while this run looked on.',
				fix: 'Let that run end, or stop it on {host}; the lock of a run that is dead is free {life} s after its end.',
				nextSteps: ['kubectl -n {namespace} get lease {lease} -o yaml'],
			},
			long: {
				message: 'The lock of this cluster is held by somebody else: {holder}.',
				cause: 'It began {begun}, and holds the lock for {life} s at a time, which is too long to wait for its end.',
				fix: 'Let it end. Where it is dead for certain, delete the lease and try again.',
				nextSteps: ['kubectl -n {namespace} get lease {lease} -o yaml', 'kubectl -n {namespace} delete lease {lease}'],
			},
			'taken over': {
				message: 'Another run has taken over the lock of this cluster.',
				cause: 'It is {holder}, which began {begun}.',
				fix: 'Let that run end, or stop it on {host}; the lock of a run that is dead is free {life} s after its end.',
				nextSteps: ['kubectl -n {namespace} get lease {lease} -o yaml'],
			},
			'given back': {
				message: 'Another run had the lock of this cluster, lease {namespace}/{lease}, meanwhile.',
				cause: 'This run could not renew it for a while; another run took it, and has given it back.',
				fix: 'Start again: it looks at what that run has done, and goes on from there.',
			},
			deleted: {
				message: 'The lock of this cluster, lease {namespace}/{lease}, was deleted.',
				cause: 'Somebody removed it while this run was at work; another run may now begin.',
				fix: 'Find out who removed it, then try again; finished steps are not done twice.',
				nextSteps: ['kubectl -n {namespace} get lease {lease} -o yaml'],
			},
		},
	},
	'lock-contended': {
		area: 'locked',
		message: 'The lock {file} cannot be taken.',
		cause: 'Several runs started at the same moment.',
		fix: 'Start this command again. If it stays so and nobody installs, remove {file}.removal.',
	},
	'lock-not-ours': {
		area: 'usage',
		message: '{file} is in the way: this program keeps its lock under that name.',
		fix: 'Look at it, move it elsewhere, and start this command again.',
		nextSteps: ['ls -l {file}'],
		cases: {
			'no file': {cause: 'It is a link, a folder or a device.'},
			'no lock': {cause: 'It holds something else than a lock of this program.'},
		},
	},
	'temporary-unwritable': {
		area: 'bundle',
		message: '{file} cannot be copied out of the tar.',
		fix: 'Make room there, or name a folder on another disk with the environment variable TMPDIR.',
		nextSteps: ['df -h $TMPDIR /tmp'],
		cases: {
			full: {cause: 'The disk of the folder for temporary files is full.'},
			refused: {cause: 'Writing to the folder for temporary files fails: {words}'},
			folder: {
				message: 'The folder for temporary files, {folder}, cannot be used.',
				cause: 'The system says: {reason}',
				nextSteps: ['df -h {folder}'],
			},
		},
	},
	'state-unwritable': {
		area: 'usage',
		cause: 'The system refuses it: {reason}',
		cases: {
			lock: {
				message: 'The lock {file} cannot be taken.',
				fix: 'Make room or make its folder writable (chmod), or name another folder with --state-dir.',
			},
			file: {
				message: 'The state file {file} cannot be written.',
				fix: 'Make room or make its folder writable (chmod), or name another folder with --state-dir; then try again.',
			},
			folder: {
				message: 'The folder {file} for state and logs cannot be made.',
				fix: 'Name another folder with --state-dir.',
			},
		},
	},
	'folder-not-ours': {
		area: 'usage',
		message: 'The folder {folder} is not for this user alone, so nothing is read from it and nothing written to it.',
		nextSteps: ['ls -ld {folder}'],
		cases: {
			link: {
				cause: 'It is a link, and may lead elsewhere the next time.',
				fix: 'Name the folder that it leads to with --state-dir, or remove the link.',
			},
			'no folder': {
				cause: 'It is no folder.',
				fix: 'Move it elsewhere, or name another folder with --state-dir.',
			},
			owner: {
				cause: 'It belongs to the user with number {owner}; this program runs as number {user}.',
				fix: 'Run as that user, or name a folder of your own with --state-dir.',
			},
			open: {
				cause: 'Other users may write there, and could put files and programs of their own in it.',
				fix: 'Take that right away with "chmod go-w {$folder}", or name another folder with --state-dir.',
			},
		},
	},
	'several-problems': severalProblems,
	'unexpected-error': unexpectedError,
});

declare module './problem.ts' {
	interface ProblemTables {
		readonly base: typeof baseProblems.table;
	}
}
