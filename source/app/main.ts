import {CommanderError} from 'commander';
import {faultNames} from '../../rehearsal/index.ts';
import {printableText} from '../base/printable.ts';
import {exitCodes, type Problem, ProblemError, ProblemsError, toProblem} from '../base/problem.ts';
import {stepIds} from '../engine/types.ts';
import {formatProblem} from '../report/format.ts';
import {commandLine, type Request} from './command-line.ts';
import {completionScript} from './commands/completion.ts';
import type {Context, GlobalOptions} from './context.ts';

/** A range that ends before it begins would run nothing and call that done. */
const checkRange = ({from, until}: GlobalOptions): void => {
	const order: readonly string[] = stepIds;
	if (from === undefined || until === undefined || order.indexOf(from) <= order.indexOf(until)) return;
	throw new ProblemError({
		code: 'steps-empty-range',
		area: 'usage',
		message: `No step lies between --from ${from} and --until ${until}.`,
		cause: `The step ${from} comes after ${until}.`,
		fix: `Exchange the two, or leave one out. The order is: ${stepIds.join(', ')}.`,
	});
};

/** Each command brings its own modules: what a command does not need is not read when it starts. */
const act = async (
	context: Context,
	request: Request,
	completion: (shell: 'bash' | 'zsh') => string,
	json: boolean,
): Promise<number> => {
	if ('options' in request) checkRange(request.options);
	switch (request.command) {
		case 'install':
		case 'plan':
		case 'verify': {
			const {runCommand} = await import('./commands/install.ts');
			return runCommand(context, request.command, request.options);
		}
		case 'status': {
			const [{runStatus}, {stateDirectoryOf}] = await Promise.all([
				import('./commands/status.ts'),
				import('./inputs.ts'),
			]);
			return runStatus(context, request.options, stateDirectoryOf(context, request.options));
		}
		case 'answers': {
			const {runAnswersCommand} = await import('./commands/answers.ts');
			return runAnswersCommand(context, request.options, request.action, request.file);
		}
		case 'rehearse': {
			const {runRehearsal} = await import('./commands/rehearse.ts');
			return runRehearsal(context, request);
		}
		case 'tool':
			// Names of files and words of registries are told: they must not steer the terminal. JSON escapes what begins a control sequence.
			return request.work(json ? context : {...context, out: (text) => context.out(printableText(text))});
		case 'completion':
			context.out(completion(request.shell));
			return 0;
	}
};

const refuse = (context: Context, error: unknown, json: boolean): number => {
	const problems: readonly Problem[] = error instanceof ProblemsError ? error.problems : [toProblem(error)];
	const text = json
		? problems.map((problem) => JSON.stringify({type: 'refused', problem})).join('\n')
		: // Before it is made printable, for a secret is known as it is.
			problems.flatMap((problem) => formatProblem(context.redactor.redactDeep(problem))).join('\n');
	context.err(`${context.redactor.redact(text)}\n`);
	return exitCodes[problems[0]?.area ?? 'bug'];
};

/** Taken for a path it would mean the current folder, which nobody named. */
const emptyWord = (): ProblemError =>
	new ProblemError({
		code: 'word-empty',
		area: 'usage',
		message: 'There is an empty word on the command line.',
		cause: 'Mostly a variable of the shell is not set.',
		fix: 'Set it, or leave the word out; the current folder is called "."',
	});

/** Runs one command line to its end. Returns the exit code; never throws. */
export const main = async (context: Context, words: readonly string[]): Promise<number> => {
	let request: Request | undefined;
	const program = commandLine(
		context.version,
		faultNames,
		(asked) => {
			request = asked;
		},
		{out: context.out, err: context.err},
	);
	try {
		if (words.includes('')) throw emptyWord();
		await program.parseAsync([...words], {from: 'user'});
		return request
			? await act(context, request, (shell) => completionScript(program, shell), words.includes('--json'))
			: 0;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
		return refuse(context, error, words.includes('--json'));
	}
};
