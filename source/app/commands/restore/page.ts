import path from 'node:path';
import {errnoWords, isSystemError} from '../../../base/errno.ts';
import {writeWhole} from '../../../base/files.ts';
import {withNames} from '../../../base/reading/unseen.ts';
import {plans} from '../../../plans/index.ts';
import {recoveryPage} from '../../../report/recovery.ts';
import {completeAnswers, findAnswers, stateDirectoryOf} from '../../answers/inputs.ts';
import type {Context, GlobalOptions} from '../../base/context.ts';
import {appProblems} from '../../base/problems.ts';

/** Prints the recovery procedure of this site, or writes it to a file. It asks no server. */
export const printPage = async (context: Context, options: GlobalOptions, out: string | undefined): Promise<number> => {
	const stateDirectory = stateDirectoryOf(context, options);
	const answers = completeAnswers(await findAnswers(context, options, {stateDirectory, plan: plans.restore}));
	const page = recoveryPage(answers, {version: context.version, now: new Date(context.clock.now()).toISOString()});
	const text = `${page.join('\n')}\n`;
	if (out === undefined) {
		context.out(text);
		return 0;
	}
	const file = path.resolve(context.workingDirectory, out);
	await writeWhole(file, text, {replace: true}).catch((error: unknown) => {
		if (!isSystemError(error)) throw error;
		throw appProblems.error(
			'restore-page-unwritable',
			{file: withNames(out), reason: errnoWords(error, 'write')},
			{error},
		);
	});
	context.out(`${withNames(out)}: written; print it, and keep it where it can be read when nothing runs\n`);
	return 0;
};
