import type {Command} from 'commander';
import type {GlobalOptions} from '../../base/context.ts';

/** What the commands about secrets are given. */
export type SecretsOptions = Pick<GlobalOptions, 'answers' | 'set' | 'stateDir' | 'kubeconfig' | 'context'>;

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** The options that say which install is meant: its answers, and its cluster. */
export const withInstallOptions = (command: Command): Command =>
	command
		.option('--answers <file>', 'answer file (default: the answers of the last install from this host)')
		.option('--set <key=value>', 'set one answer; may be repeated', collect, [])
		.option('--state-dir <folder>', 'where state of the install is kept')
		.option('--kubeconfig <file>', 'kubeconfig file')
		.option('--context <name>', 'context in the kubeconfig');
