import {parseOverrides} from '../../answers/file/overrides.ts';
import {shellWord} from '../../base/shell.ts';
import type {GoOn} from '../../report/go-on.ts';
import {isReadOnce} from '../base/answer-pipe.ts';
import type {Context, GlobalOptions} from '../base/context.ts';
import {programOf} from '../base/kept/own-commands.ts';

const valued = (flag: string, value: string | undefined): readonly string[] =>
	value === undefined ? [] : [flag, value];

const switched = (flag: string, isOn: boolean): readonly string[] => (isOn ? [flag] : []);

/** What came out of a pipe is gone: a run has kept it, for whoever starts again without it; else it has to be given again. */
const answersAgain = (command: string, answers: string | undefined): string | undefined => {
	if (!isReadOnce(answers)) return answers;
	return command === 'plan' ? 'FILE' : undefined;
};

/**
 * The command that goes on with this run, with everything that limits and shapes it: copied, it must not do more than was asked for.
 * @param own words of options that only this command has
 */
export const resumeCommand = (
	{startedByNpm}: Pick<Context, 'startedByNpm'>,
	command: string,
	options: GlobalOptions,
	own: readonly string[] = [],
): string => {
	const words = [
		...valued('--answers', answersAgain(command, options.answers)),
		...options.set.flatMap((one) => ['--set', one]),
		...valued('--bundle', options.bundle),
		...valued('--state-dir', options.stateDir),
		...valued('--kubeconfig', options.kubeconfig),
		...valued('--context', options.context),
		...valued('--from', options.from),
		...valued('--until', options.until),
		...switched('--non-interactive', options.nonInteractive),
		...switched('--plain', options.plain),
		...switched('--json', options.json),
		...valued('--log-level', options.logLevel === 'info' ? undefined : options.logLevel),
		...own,
	].map(shellWord);
	const [name, ...plan] = command.split(' ');
	const rest = [...plan, ...words];
	if (name === 'rehearse' && startedByNpm) return ['npm start', ...(rest.length > 0 ? ['--', ...rest] : [])].join(' ');
	return [programOf({startedByNpm}), command, ...words].join(' ');
};

/** How a run with these options is gone on with. @param command makes the command of such options */
export const goOnWith = <Options extends Pick<GlobalOptions, 'from' | 'until' | 'set'>>(
	options: Options,
	command: (options: Options) => string,
): Omit<GoOn, 'stepIds'> => ({
	resumeCommand: command(options),
	resumeFrom: (from) => command({...options, from}),
	resumeWhole: options.until === undefined ? undefined : command({...options, from: undefined, until: undefined}),
	set: parseOverrides(options.set).overrides.map(({path}) => path),
});
