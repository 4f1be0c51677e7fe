import type {Command} from 'commander';
import type {GlobalOptions} from '../../base/context.ts';
import {withAnswerOptions} from '../shared-options.ts';

/** What the commands about backups that are there are given. */
export type BackupOptions = Pick<
	GlobalOptions,
	'answers' | 'set' | 'bundle' | 'stateDir' | 'kubeconfig' | 'context' | 'json'
>;

/** The options that say whose backups are meant. */
export const withBackupOptions = (command: Command): Command =>
	withAnswerOptions(command).option('--json', 'JSON on standard output, nothing else there', false);
