/** Problems of copies of keys outside the cluster. */
export const escrowTable = {
	'escrow-no-keys': {
		area: 'cluster',
		message: 'There is no key to be kept.',
		cause: 'The Secret {secret} holds no key of a workspace of these answers.',
		fix: 'Install first, or give the answers that it was installed with.',
		answers: ['controlPlane.namespace', 'workspaces'],
	},
	'escrow-not-encrypted': {
		area: 'usage',
		message: 'The keys are not written: nobody is named who can read them.',
		cause:
			'They are written encrypted with age or not at all, and backup.recipients and backup.passphrase are not given.',
		fix: 'Name the public key of whoever keeps them in backup.recipients, or a passphrase in backup.passphrase.',
		answers: ['backup.recipients', 'backup.passphrase'],
	},
	'escrow-file-unwritable': {
		area: 'usage',
		message: 'The file {file} for the keys cannot be written.',
		cause: 'The system says: {reason}',
		fix: 'Name a new file, in a folder that you may write to: one that is there is not written over.',
	},
	'escrow-place-unfit': {
		area: 'usage',
		message: 'Where the copy lies is not told.',
		cause: 'Words after --confirm say it for whoever looks for it one day: one to {most} characters.',
		fix: 'Say where it lies, as in --confirm "safe in room 12, envelope 7".',
	},
} as const;
