import type {Answers} from '../../answers/schema.ts';
import {resolveSecret} from '../../answers/secrets.ts';
import {errnoWords} from '../../base/errno.ts';
import {printable} from '../../base/printable.ts';
import {type Problem, ProblemError} from '../../base/problem.ts';
import {readBounded} from '../../base/reading/bounded.ts';
import {withNames} from '../../base/reading/unseen.ts';
import type {Context} from '../base/context.ts';
import {appProblems} from '../base/problems.ts';

/** References of kind env: and file: in a value, with the path of the answer each stands at. */
const references = (value: unknown, at = ''): readonly {readonly at: string; readonly reference: string}[] => {
	if (typeof value === 'string') return /^(env|file):/u.test(value) ? [{at, reference: value}] : [];
	if (value === null || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([key, inner]) => references(inner, at === '' ? key : `${at}.${key}`));
};

const namedFiles = ({tls, registry, database}: Answers): Readonly<Record<string, string | undefined>> => ({
	'tls.certificate': tls.certificate,
	'tls.key': tls.key,
	'tls.ca': tls.ca,
	'registry.ca': registry.ca,
	'database.ca': database.ca,
});

const lookAtFile = async (answer: string, file: string): Promise<void> => {
	await readBounded(file, 1).catch((error: unknown) => {
		const given = {file: withNames(file), answer, reason: errnoWords(error, 'read')};
		throw appProblems.error('answer-file-unreadable', given, {answers: [answer], error});
	});
};

const lookAtSecret = async ({environment, redactor, err}: Context, at: string, reference: string): Promise<void> => {
	const readKubernetesSecret = async () => undefined;
	const onWarning = (text: string): void => err(`${printable(text)}\n`);
	redactor.register(await resolveSecret(reference, {answer: at, environment, readKubernetesSecret, onWarning}));
};

/**
 * Problems of the files and secrets that the answers name and that this host can look for without any server. What is only odd about
 * a secret is told on standard error.
 */
export const localProblems = async (context: Context, answers: Answers): Promise<readonly Problem[]> => {
	const results = await Promise.allSettled([
		...Object.entries(namedFiles(answers)).map(async ([answer, file]) =>
			file === undefined ? undefined : lookAtFile(answer, file),
		),
		...references(answers).map(async ({at, reference}) => lookAtSecret(context, at, reference)),
	]);
	return results.flatMap((result) => {
		if (result.status === 'fulfilled') return [];
		if (result.reason instanceof ProblemError) return [result.reason.problem];
		throw result.reason;
	});
};
