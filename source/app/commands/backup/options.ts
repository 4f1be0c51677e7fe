import type {Command} from 'commander';
import type {GlobalOptions} from '../../base/context.ts';
import {withAnswerOptions} from '../shared-options.ts';

/** What the commands about backups that are there are given. */
export type BackupOptions = Pick<
	GlobalOptions,
	'answers' | 'set' | 'bundle' | 'stateDir' | 'kubeconfig' | 'context' | 'json'
>;

/** The options that say whose backups are meant. Scripts say `--non-interactive` to every command; these ask nothing anyway. */
export const withBackupOptions = (command: Command): Command =>
	withAnswerOptions(command)
		.option('--non-interactive', 'for scripts that say so everywhere: this command asks nothing anyway', false)
		.option('--json', 'JSON on standard output, nothing else there', false);
