import * as z from 'zod';
import {imageReference, path, secretRefSchema, text} from '../parts.ts';
import {schedule} from './schedule.ts';

/** Backups: where they lie, who can read them, and which programs make them. */
export const backup = z
	.strictObject({
		folder: path
			.default('./zenml-airgap-backups')
			.describe('Folder of the backups, each in a folder of its own; best on a disk that outlives this host'),
		encryption: z
			.enum(['age', 'none'])
			.default('age')
			.describe(
				'age: only who has the key or passphrase reads a backup; none: whoever reads the folder has every password',
			),
		recipients: text
			.max(2000, 'be 2000 characters at most')
			.regex(
				/^age1[a-z0-9]+(?:\s*,\s*age1[a-z0-9]+)*$/u,
				'be age recipients, each begins with age1, with commas between them',
			)
			.optional()
			.describe('Public keys that a backup is encrypted for, with commas between them; the private ones stay elsewhere')
			.meta({examples: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p']}),
		passphrase: secretRefSchema
			.optional()
			.describe('Passphrase that a backup is encrypted with, where there are no recipients')
			.meta({examples: ['env:BACKUP_PASSPHRASE']}),
		identity: path
			.optional()
			.describe('File with the private key (age identity) that reads backups; needed only to restore')
			.meta({examples: ['/media/escrow/zenml-backup.age-identity']}),
		signingKey: path
			.optional()
			.describe('Private key that signs each backup, as made by bundle keygen; without it a backup is not signed')
			.meta({examples: ['/media/escrow/zenml-backup.key']}),
		keepDays: z
			.int()
			.min(1)
			.max(3650)
			.default(30)
			.describe(
				'Days that backups are kept; whoever makes one removes older ones, but never the last three whole ones',
			),
		tools: z
			.enum(['auto', 'host', 'cluster'])
			.default('auto')
			.describe(
				"Where pg_dump and mysqldump run: host: on this one; cluster: in a pod of the bundle's client tools; auto: here where they fit",
			),
		toolsImage: imageReference
			.optional()
			.describe('Image with the client tools at the internal registry; by default the one that the bundle carries')
			.meta({examples: ['internal-registry.mycompany.com/zenml/client-tools:1.0']}),
		schedule,
	})
	.prefault({})
	.describe('Backups of databases, secrets and settings');
