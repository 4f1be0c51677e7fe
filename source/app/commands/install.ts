import type {Context, GlobalOptions} from '../context.ts';
import {runHeadless} from '../headless.ts';
import {completeAnswers, findAnswers, partialAnswers, stateDirectoryOf} from '../inputs.ts';
import {runPlain, wantsPlainQuestions} from '../plain/install.ts';
import {runScreen} from '../screen.ts';

/** Quotes a word for a POSIX shell where it needs it. */
const shellWord = (word: string): string =>
	/^[\w./:=@%+,-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

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

/** May this run take the whole screen? */
export const wantsScreen = ({screen}: Context, {nonInteractive, plain, json}: GlobalOptions): boolean =>
	screen && !nonInteractive && !plain && !json;

/** `install`, `plan` and `verify`, on the full screen or in lines. Returns the exit code. */
export const runCommand = async (
	context: Context,
	command: 'install' | 'plan' | 'verify',
	options: GlobalOptions,
): Promise<number> => {
	const stateDirectory = stateDirectoryOf(context, options);
	const source = await findAnswers(context, options, stateDirectory);
	const again = resumeCommand(context, command, options);
	const screen = wantsScreen(context, options);
	if (command === 'install' && (screen || wantsPlainQuestions(context, options))) {
		const loaded = partialAnswers(source);
		return (screen ? runScreen : runPlain)(context, options, {
			stateDirectory,
			loaded,
			resumeCommand: again,
			...(source.journal ? {journal: source.journal} : {}),
		});
	}
	return runHeadless(context, options, {
		mode: command,
		answers: completeAnswers(source, options),
		stateDirectory,
		resumeCommand: again,
	});
};
