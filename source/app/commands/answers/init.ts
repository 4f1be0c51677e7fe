import path from 'node:path';
import {errnoWords, isErrno, isSystemError} from '../../../base/errno.ts';
import {writeWhole} from '../../../base/files.ts';
import {withNames} from '../../../base/reading/unseen.ts';
import {partialAnswers} from '../../answers/inputs.ts';
import type {AnswerFlags, Context} from '../../base/context.ts';
import {appProblems} from '../../base/problems.ts';
import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';
import {answersOfInstall, withOptions} from './options.ts';

/** The file that is to be written; without one the text is printed. */
type InitOptions = AnswerFlags & {readonly target?: string | undefined; readonly json?: boolean};

/** Writes a new file for the operator alone. @throws ProblemError `answers-file-unwritable` */
const writeNew = async (
	{workingDirectory, out}: Context,
	target: string,
	text: string,
	json = false,
): Promise<void> => {
	const file = withNames(target);
	await writeWhole(path.resolve(workingDirectory, target), text, {replace: false}).catch((error: unknown) => {
		if (!isSystemError(error)) throw error;
		const given = isErrno(error, 'EEXIST')
			? ({case: 'is there', file} as const)
			: ({case: 'refused', file, reason: errnoWords(error, 'write')} as const);
		throw appProblems.error('answers-file-unwritable', given, {error});
	});
	const told = json
		? JSON.stringify({type: 'written', file})
		: `${file}: written; fill in the answers that have no value`;
	out(`${told}\n`);
};

const work: Work<InitOptions> = async (context, {target, ...options}) => {
	const {commentedAnswers} = await import('../../../answers/file/init.ts');
	const source = await answersOfInstall(context, options);
	const {draft} = partialAnswers(source);
	const text = commentedAnswers(draft);
	if (target !== undefined) await writeNew(context, target, text, options.json);
	else context.out(options.json ? `${JSON.stringify(draft)}\n` : text);
	return 0;
};

/** `answers init`: a commented answer file to start from, with what is known filled in. */
export const init: AddCommand = ({answers}, ask) => {
	const command = answers
		.command('init')
		.argument('[file]', 'where to write it, for you alone and never over a file that is there; printed without one')
		.description('write or print a commented answer file');
	withExamples(withOptions(command), [
		'zenml-airgap answers init answers.yaml',
		'zenml-airgap answers init --set registry.host=registry.mycompany.com > answers.yaml',
	]).action((target: string | undefined, options: AnswerFlags) => ask(work, {...options, target}));
};
