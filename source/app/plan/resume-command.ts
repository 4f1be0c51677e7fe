import {shellWord} from '../../base/shell.ts';
import type {Context, GlobalOptions} from '../base/context.ts';

/** The command that goes on with this run. */
export const resumeCommand = (context: Context, command: string, options: GlobalOptions): string => {
	const words = [
		...(options.answers === undefined ? [] : ['--answers', options.answers]),
		...options.set.flatMap((one) => ['--set', one]),
		...(options.bundle === undefined ? [] : ['--bundle', options.bundle]),
		...(options.stateDir === undefined ? [] : ['--state-dir', options.stateDir]),
		...(options.kubeconfig === undefined ? [] : ['--kubeconfig', options.kubeconfig]),
		...(options.context === undefined ? [] : ['--context', options.context]),
		...(options.nonInteractive ? ['--non-interactive'] : []),
	].map(shellWord);
	if (command === 'rehearse' && context.startedByNpm)
		return ['npm start', ...(words.length > 0 ? ['--', ...words] : [])].join(' ');
	return ['zenml-airgap', command, ...words].join(' ');
};
