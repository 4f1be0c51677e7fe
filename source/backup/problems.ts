import {declareProblems} from '../base/problem-table.ts';

/** Reads only files whose names and kinds were looked at: a pipe would never end. */
const sumsAgain = ['cd {folder} && sha256sum -c SHA256SUMS'] as const;

/** Problems of backups: their folder, their files, and who can read them. */
export const backupProblems = declareProblems({
	'backup-folder-not-ours': {
		area: 'prerequisites',
		message: 'The folder of backups, {folder}, is not for this user alone.',
		nextSteps: ['ls -ld {folder}'],
		answers: ['backup.folder'],
		cases: {
			'no folder': {cause: 'It is no folder.', fix: 'Move it elsewhere, or name another folder with backup.folder.'},
			owner: {
				cause: 'It belongs to the user with number {owner}; this program runs as number {user}.',
				fix: 'Run as that user, or name a folder of your own with backup.folder.',
			},
			open: {
				cause: 'Other users may write there, and could exchange a backup for one of their own.',
				fix: 'Take that right away with "chmod go-w {$folder}", or name another folder with backup.folder.',
			},
			link: {
				cause: 'It is a link, and may lead elsewhere the next time.',
				fix: 'Put the folder itself in the place of the link, or remove the link.',
			},
		},
	},
	'backup-unwritable': {
		area: 'prerequisites',
		message: '{file} cannot be written.',
		cause: 'The system says: {reason}',
		fix: 'Mend that, or name a folder on another disk with backup.folder; a backup that was begun there is begun anew.',
		nextSteps: ['df -h {folder}'],
		answers: ['backup.folder'],
	},
	'backup-disk-full': {
		area: 'prerequisites',
		message: 'The disk below {folder} has no room for the backup.',
		fix: 'Make room there, or name a folder on another disk with backup.folder. Try again: finished parts are kept.',
		nextSteps: ['df -h {folder}'],
		answers: ['backup.folder'],
		cases: {
			'known before': {cause: 'It needs about {needs} and has {has}.'},
			'while writing': {cause: 'It became full at {needs} of {file}; {has} are free now.'},
		},
	},
	'backup-unreadable': {
		area: 'prerequisites',
		message: '{file} cannot be read.',
		cause: 'The system says: {reason}',
		fix: 'Mend that, or bring the backup back from where it is kept a second time.',
		nextSteps: ['ls -l {file}'],
		answers: ['backup.folder'],
	},
	'backup-not-found': {
		area: 'usage',
		message: 'There is no backup {id} in {folder}.',
		fix: 'Name one that is there.',
		nextSteps: ['zenml-airgap backup list'],
		answers: ['backup.folder'],
		cases: {
			some: {cause: 'There are: {ids}.'},
			none: {cause: 'There is no backup there at all.'},
			'no id': {cause: 'That is not how a backup is named: its id is a time and six digits, 20260131T183000Z-0a1b2c.'},
		},
	},
	'backup-none': {
		area: 'verification',
		message: 'There is no whole backup in {folder}.',
		fix: 'Make one: zenml-airgap backup.',
		answers: ['backup.folder'],
		cases: {
			'not one': {cause: 'There is no backup there at all.'},
			'none of them': {cause: 'Of {count} that are there none is whole.'},
		},
	},
	'backup-unfinished': {
		area: 'usage',
		message: 'The backup {id} is not whole.',
		cause: 'The run that made it ended before all was written.',
		fix: 'Take a backup that was finished; or make this one whole: start the run that made it again.',
		nextSteps: ['zenml-airgap backup list'],
	},
	'backup-newer': {
		area: 'usage',
		message: 'The backup {id} was made by a newer version of this tool.',
		cause: 'Its format is {format}; this version understands format {understood}.',
		fix: 'Use the version that made it, or a later one.',
	},
	'backup-manifest-damaged': {
		area: 'verification',
		message: '{file} is not the manifest of a backup.',
		fix: 'Bring the backup back from where it is kept a second time, or take another one.',
		nextSteps: ['zenml-airgap backup list'],
		cases: {
			'no file': {cause: 'There is no such file.'},
			'another thing': {cause: 'It is {what}.'},
			'too large': {cause: 'It has {bytes} bytes, more than any manifest.'},
			'no JSON': {cause: 'It is not whole JSON: it was cut or changed.'},
			fault: {cause: 'At {place}: {fault}'},
			'another id': {cause: 'It calls itself {says}, and lies in the folder of {id}.'},
		},
	},
	'backup-checksums-damaged': {
		area: 'verification',
		message: 'The checksums of the backup {id} cannot be used.',
		fix: 'Bring the backup back from where it is kept a second time, or take another one.',
		cases: {
			'no list': {cause: 'There is no SHA256SUMS in it.'},
			'another form': {cause: 'Line {line} of SHA256SUMS is not as this tool writes it.'},
			'another list': {
				cause: 'SHA256SUMS and manifest.json do not name the same files: {file} is in one of them only.',
			},
			'another sum': {cause: 'SHA256SUMS and manifest.json have different sums of {file}.'},
		},
	},
	'backup-file-changed': {
		area: 'verification',
		message: '{file} is not as it was when the backup was made.',
		fix: 'Bring the backup back from where it is kept a second time, or take another one.',
		cases: {
			missing: {cause: 'It is not there.', nextSteps: ['ls -l {folder}']},
			link: {
				cause: 'It is a link, and a backup has none: what it leads to may be another thing the next time.',
				fix: 'Put the file itself in the place of the link, or take another backup.',
				nextSteps: ['ls -l {folder}'],
			},
			'no file': {
				cause: 'There is {what} in its place, and no file.',
				nextSteps: ['ls -l {folder}'],
			},
			size: {cause: 'It has {actual} bytes, and had {expected}.', nextSteps: [...sumsAgain]},
			sum: {cause: 'Its SHA-256 is {actual}, and was {expected}.', nextSteps: [...sumsAgain]},
		},
	},
	'backup-file-damaged': {
		area: 'verification',
		message: '{file} cannot be decrypted.',
		fix: 'Bring the backup back from where it is kept a second time, or take another one.',
		cases: {
			'no age file': {cause: 'It does not begin as a file of age does.'},
			cut: {cause: 'It was cut or changed: from byte {at} of its contents on it is not what was encrypted.'},
		},
	},
	'backup-encryption-missing': {
		area: 'usage',
		message: 'Nobody is named who could read a backup.',
		cause: 'backup.encryption is age, and there are neither recipients nor a passphrase.',
		fix: 'Give the public key of whoever may restore (backup.recipients), or a passphrase (backup.passphrase).',
		nextSteps: ['On a safe computer: age-keygen -o backup.age-identity, which shows the public key.'],
		answers: ['backup.recipients', 'backup.passphrase', 'backup.encryption'],
	},
	'backup-recipient-bad': {
		area: 'usage',
		message: 'The recipient {recipient} is no public key of age.',
		cause: 'Its letters do not fit together: one is missing or was mistyped.',
		fix: 'Copy it again, from the line "# public key" of the identity file.',
		answers: ['backup.recipients'],
	},
	'backup-passphrase-missing': {
		area: 'usage',
		message: '{file} is encrypted with a passphrase, and none is given.',
		cause: 'backup.passphrase is empty.',
		fix: 'Say where the passphrase is: env:NAME or file:PATH.',
		answers: ['backup.passphrase'],
	},
	'backup-passphrase-wrong': {
		area: 'usage',
		message: 'The passphrase does not open {file}.',
		cause: 'The backup was made with another one.',
		fix: 'Give the passphrase of the time when the backup was made; nobody can read it without.',
		answers: ['backup.passphrase'],
	},
	'backup-identity-missing': {
		area: 'usage',
		message: '{file} is encrypted for public keys, and no private one is given.',
		cause: 'backup.identity is empty.',
		fix: 'Bring the identity file from where it is kept, and name it with backup.identity.',
		answers: ['backup.identity'],
	},
	'backup-identity-unreadable': {
		area: 'usage',
		message: 'The identity file {file} cannot be used.',
		fix: 'Name the file that age-keygen made.',
		nextSteps: ['ls -l {file}'],
		answers: ['backup.identity'],
		cases: {
			refused: {cause: 'The system says: {reason}'},
			'another thing': {cause: 'It is {what}.'},
			'no key': {cause: 'There is no line in it that begins with AGE-SECRET-KEY-.'},
			'bad key': {cause: 'The letters of the key in line {line} do not fit together: it was cut or mistyped.'},
			locked: {
				cause: 'It is encrypted itself.',
				fix: 'Decrypt it where nobody looks on (age -d), and name the file that comes out; remove that one afterwards.',
			},
		},
	},
	'backup-identity-stranger': {
		area: 'usage',
		message: 'The identity in {identity} does not open {file}.',
		cause: 'It is none of those that the backup was encrypted for: {recipients}.',
		fix: 'Bring the identity of one of these public keys; age-keygen -y FILE shows the public key of an identity.',
		answers: ['backup.identity'],
	},
	'backup-signing-key-locked': {
		area: 'usage',
		message: 'The key {file} is locked with a passphrase, and backups are signed while nobody is there to type it.',
		cause: 'Opening such a key takes a gibibyte of memory and its passphrase.',
		fix: 'Make a key for backups alone with `zenml-airgap bundle keygen --no-passphrase`, and keep it as safe as a password.',
		answers: ['backup.signingKey'],
	},
	'backup-signature-broken': {
		area: 'verification',
		message: 'The signature of the backup {id} does not hold.',
		fix: 'Do not restore from it before you know why: bring the backup back from where it is kept a second time.',
		answers: ['backup.signingKey'],
		cases: {
			damaged: {cause: 'SHA256SUMS.minisig is not a whole signature.'},
			missing: {
				cause: 'It is not signed, and backup.signingKey names a key by which backups are signed.',
				fix: 'Where it is older than that key, take backup.signingKey out of the answers; else somebody took the signature away.',
			},
			scheduled: {
				message: 'The backup {id} is not signed.',
				cause:
					'The cluster made it, where no key lies that signs; and backup.signingKey names a key by which backups are signed.',
				fix: 'Look whether it is what the cluster made, and sign it here: zenml-airgap backup sign {$id}.',
			},
			'another key': {cause: 'It is of key {signer}, and backups here are signed by {pinned}.'},
			'another list': {cause: 'SHA256SUMS is not the list that was signed.'},
			'another comment': {cause: 'The comment in SHA256SUMS.minisig is not the one that was signed.'},
		},
	},
	'backup-countersign': {
		area: 'usage',
		message: 'The backup {id} is not signed here.',
		cases: {
			'no key': {
				cause: 'backup.signingKey names no key.',
				fix: 'Make one with `zenml-airgap bundle keygen --no-passphrase`, and name its file with backup.signingKey.',
				answers: ['backup.signingKey'],
			},
			'not scheduled': {
				cause:
					'It is no scheduled backup, but one that was made on a host ({purpose}): its signature is made when it is finished.',
				fix: 'Make a new backup: zenml-airgap backup.',
			},
		},
	},
	'backup-not-vouched': {
		area: 'verification',
		message: 'The backup {id} is not the one that the cluster made.',
		cause: 'Its manifest has the SHA-256 {actual}; a pod of the schedule told the cluster {expected}.',
		fix: 'Do not restore from it before you know why: bring it from the storage once more, or take another one.',
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly backup: typeof backupProblems.table;
	}
}
