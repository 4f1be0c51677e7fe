import type {Answers} from '../../answers/schema.ts';
import type {BackupSettings} from '../../backup/settings.ts';
import type {Ports} from '../../steps/world.ts';
import type {Context} from '../base/context.ts';

/** What the answers say of backups; the passphrase is read when a file needs it. */
export const backupSettings = (
	{backup}: Answers,
	{context, resolve}: {readonly context: Context; readonly resolve: Ports['resolveSecret']},
): BackupSettings => {
	const {folder, encryption, recipients, passphrase, identity, signingKey} = backup;
	return {
		folder,
		encryption,
		recipients: recipients === undefined ? [] : recipients.split(/\s*,\s*/u),
		...(passphrase !== undefined && {passphrase: () => resolve(passphrase, 'backup.passphrase')}),
		identity,
		signingKey,
		tool: `zenml-airgap ${context.version}`,
		now: context.clock.now,
		onSecret: context.redactor.register,
	};
};
