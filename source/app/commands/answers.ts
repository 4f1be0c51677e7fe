import {readFile} from 'node:fs/promises';
import {commentedAnswers} from '../../answers/init.ts';
import {answersJsonSchema} from '../../answers/json-schema.ts';
import {loadAnswers} from '../../answers/load.ts';
import {resolveSecret} from '../../answers/secrets.ts';
import {showAnswers} from '../../answers/show.ts';
import {type Problem, ProblemError, ProblemsError} from '../../base/problem.ts';
import type {Context, GlobalOptions} from '../context.ts';
import {completeAnswers, findAnswers, partialAnswers, stateDirectoryOf} from '../inputs.ts';

/** References of kind env: and file: in a value, with the path of the answer each stands at. */
const references = (value: unknown, at = ''): readonly {readonly at: string; readonly reference: string}[] => {
	if (typeof value === 'string') return /^(env|file):/u.test(value) ? [{at, reference: value}] : [];
	if (value === null || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([key, inner]) => references(inner, at === '' ? key : `${at}.${key}`));
};

/** Files and secrets that the answers name and that this host can look for without any server. */
const localProblems = async (
	context: Context,
	answers: ReturnType<typeof completeAnswers>,
): Promise<readonly Problem[]> => {
	const files = [
		['tls.certificate', answers.tls.certificate],
		['tls.key', answers.tls.key],
		['tls.ca', answers.tls.ca],
		['registry.ca', answers.registry.ca],
		['database.ca', answers.database.ca],
	] as const;
	const attempts = [
		...files.map(([answer, file]) => async () => {
			if (file !== undefined)
				await readFile(file).catch((error: NodeJS.ErrnoException) =>
					Promise.reject(
						new ProblemError({
							code: 'answer-file-unreadable',
							area: 'usage',
							message: `${answer}: the file ${file} cannot be read.`,
							cause: error.code === 'ENOENT' ? 'There is no such file.' : error.message,
							fix: 'Name the right file, or mend its mode.',
							answers: [answer],
						}),
					),
				);
		}),
		...references(answers).map(({at, reference}) => async () => {
			context.redactor.register(
				await resolveSecret(reference, {
					answer: at,
					environment: context.environment,
					readKubernetesSecret: async () => undefined,
				}),
			);
		}),
	];
	const results = await Promise.allSettled(attempts.map(async (attempt) => attempt()));
	return results.flatMap((result) => {
		if (result.status === 'fulfilled') return [];
		if (result.reason instanceof ProblemError) return [result.reason.problem];
		throw result.reason;
	});
};

/** `answers init|validate|schema|show`. Returns the exit code. @throws ProblemsError with everything that is wrong. */
export const runAnswersCommand = async (
	context: Context,
	options: GlobalOptions,
	action: 'init' | 'validate' | 'schema' | 'show',
	file?: string,
): Promise<number> => {
	const {out} = context;
	if (action === 'schema') {
		out(`${JSON.stringify(answersJsonSchema(), undefined, '\t')}\n`);
		return 0;
	}
	const named = file ?? options.answers;
	const wanted = named === undefined ? options : {...options, answers: named};
	const source = await findAnswers(context, wanted, stateDirectoryOf(context, options));
	if (action === 'init') {
		out(commentedAnswers(partialAnswers(source).draft));
		return 0;
	}
	if (action === 'show') {
		out(showAnswers(completeAnswers(source, wanted)));
		return 0;
	}
	const {answers} = source.from === 'nothing' ? {answers: completeAnswers(source, wanted)} : loadAnswers(source);
	const problems = await localProblems(context, answers);
	if (problems.length > 0) throw new ProblemsError(problems);
	out(
		`${source.file}: valid, ${answers.workspaces.length} ${answers.workspaces.length === 1 ? 'workspace' : 'workspaces'}\n`,
	);
	return 0;
};
