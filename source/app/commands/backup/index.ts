import type {Command} from 'commander';
import {plans} from '../../../plans/index.ts';
import type {GlobalOptions} from '../../base/context.ts';
import type {AddCommand, Ask, Work} from '../command.ts';
import {addTopCommand, withExamples, withPlanOptions} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import type {EscrowOptions} from './escrow.ts';
import {type BackupOptions, withBackupOptions} from './options.ts';
import type {SignOptions} from './sign.ts';
import type {VerifyOptions} from './verify.ts';

const nothing = 'Nothing was changed.';

const scheduleWork: Work<GlobalOptions> = async (context, options) => {
	const {runPlanCommand} = await import('../../plan/plan-command.ts');
	return runPlanCommand(context, {name: 'backup schedule', plan: plans.schedule, pass: 'apply'}, options);
};

const work: Work<GlobalOptions> = async (context, options) => {
	const {runPlanCommand} = await import('../../plan/plan-command.ts');
	return runPlanCommand(context, {name: 'backup', plan: plans.backup, pass: 'apply'}, options);
};

const list: Work<BackupOptions> = async (context, options) => (await import('./list.ts')).listWork(context, options);

const status: Work<BackupOptions> = async (context, options) =>
	(await import('./status.ts')).statusWork(context, options);

const verify: Work<VerifyOptions> = async (context, options) =>
	(await import('./verify.ts')).verifyWork(context, options);

const sign: Work<SignOptions> = async (context, options) => (await import('./sign.ts')).signWork(context, options);

const escrow: Work<EscrowOptions> = async (context, options) =>
	(await import('./escrow.ts')).escrowWork(context, options);

const idOf = ['<id>', 'its name, as `backup list` tells it'] as const;

const addSchedule = (backups: Command, ask: Ask): void => {
	const command = backups
		.command('schedule')
		.description('have the cluster make backups by itself, and see the first one through');
	withExamples(withPlanOptions(command, plans.schedule), [
		'zenml-airgap backup schedule --answers answers.yaml',
	]).action((options: GlobalOptions) => ask(scheduleWork, options));
};

const addLooks = (backups: Command, ask: Ask): void => {
	const listed = backups.command('list').description('every backup in the folder, newest first');
	withExamples(withBackupOptions(listed), ['zenml-airgap backup list --json']).action((options: BackupOptions) =>
		ask(stoppable(list, nothing), options),
	);
	const told = backups
		.command('status')
		.description('the last good one: its age, size and readers, and whether one was ever restored');
	withExamples(withBackupOptions(told), ['zenml-airgap backup status']).action((options: BackupOptions) =>
		ask(stoppable(status, nothing), options),
	);
	const read = backups
		.command('verify')
		.description('read every file of a backup and compare it with its sum')
		.argument(...idOf);
	withExamples(withBackupOptions(read), ['zenml-airgap backup verify 20260131T183000Z-0a1b2c --decrypt'])
		.option('--decrypt', 'decrypt every part, too; needs the passphrase or the identity', false)
		.action((id: string, options: Omit<VerifyOptions, 'id'>) => ask(stoppable(verify, nothing), {...options, id}));
};

const addMoves = (backups: Command, ask: Ask): void => {
	const signed = backups
		.command('sign')
		.description('sign a scheduled backup with backup.signingKey, after every file was compared')
		.argument(...idOf);
	withExamples(withBackupOptions(signed), ['zenml-airgap backup sign 20260131T183000Z-0a1b2c']).action(
		(id: string, options: Omit<SignOptions, 'id'>) => ask(stoppable(sign, 'Nothing was signed.'), {...options, id}),
	);
	const kept = backups
		.command('escrow')
		.description('is there a copy of the encryption keys outside of the cluster, and who said so');
	withExamples(withBackupOptions(kept), [
		'zenml-airgap backup escrow --out keys-for-the-safe.age',
		"zenml-airgap backup escrow --confirm 'safe of the finance department'",
	])
		.option('--out <file>', 'write the keys into a new file for the safe, encrypted for those who can read backups')
		.option('--confirm <where>', 'say where a copy lies; kept in the cluster with date and name, without any key')
		.action((options: EscrowOptions) => ask(stoppable(escrow, 'Nothing was confirmed.'), options));
};

/** `backup`: makes one; below it, commands about those that are there. */
export const backup: AddCommand = ({program}, ask) => {
	const command = addTopCommand(program, {
		name: 'backup',
		description: 'back up databases, secrets and settings, or look at the backups that are there',
		plan: plans.backup,
		examples: [
			'zenml-airgap backup',
			'zenml-airgap backup --non-interactive --answers answers.yaml',
			'zenml-airgap backup schedule',
			'zenml-airgap backup verify 20260131T183000Z-0a1b2c',
		],
	})
		.enablePositionalOptions()
		.action((options: GlobalOptions) => ask(work, options));
	addSchedule(command, ask);
	addLooks(command, ask);
	addMoves(command, ask);
};
