import path from 'node:path';
import {errnoWords, isErrno, isSystemError} from '../../../base/errno.ts';
import {writeWhole} from '../../../base/files.ts';
import {withNames} from '../../../base/reading/unseen.ts';
import {partialAnswers} from '../../answers/inputs.ts';
import type {AnswerFlags, Context} from '../../base/context.ts';
import {appProblems} from '../../base/problems.ts';
import type {AddCommand, Work} from '../command.ts';
import {answersOfInstall, withOptions} from './options.ts';

/** The file that is to be written; without one the text is printed. */
type InitOptions = AnswerFlags & {readonly target?: string | undefined};

/** Writes a new file for the operator alone. @throws ProblemError `answers-file-unwritable` */
const writeNew = async ({workingDirectory, out}: Context, target: string, text: string): Promise<void> => {
	const file = withNames(target);
	await writeWhole(path.resolve(workingDirectory, target), text, {replace: false}).catch((error: unknown) => {
		if (!isSystemError(error)) throw error;
		const given = isErrno(error, 'EEXIST')
			? ({case: 'is there', file} as const)
			: ({case: 'refused', file, reason: errnoWords(error, 'write')} as const);
		throw appProblems.error('answers-file-unwritable', given, {error});
	});
	out(`${file}: written; fill in the answers that have no value\n`);
};

const work: Work<InitOptions> = async (context, {target, ...options}) => {
	const {commentedAnswers} = await import('../../../answers/file/init.ts');
	const source = await answersOfInstall(context, options);
	const text = commentedAnswers(partialAnswers(source).draft);
	if (target === undefined) context.out(text);
	else await writeNew(context, target, text);
	return 0;
};

/** `answers init`: a commented answer file to start from, with what is known filled in. */
export const init: AddCommand = ({answers}, ask) => {
	const command = answers
		.command('init')
		.argument('[file]', 'where to write it, for you alone and never over a file that is there; printed without one')
		.description('write or print a commented answer file');
	withOptions(command).action((target: string | undefined, options: AnswerFlags) => ask(work, {...options, target}));
};
