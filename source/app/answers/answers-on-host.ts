import type {Answers} from '../../answers/schema.ts';
import {resolveSecret} from '../../answers/secrets.ts';
import {printable} from '../../base/printable.ts';
import {type Problem, ProblemError, ProblemsError} from '../../base/problem.ts';
import {createTls} from '../../network/tls.ts';
import {furtherFiles} from '../../steps/shared/further-files.ts';
import {componentsOf} from '../../steps/shared/names.ts';
import type {Context} from '../base/context.ts';
import {asUsage, readPemFile} from '../base/pem-files.ts';
import {valuesProblems} from './values-on-host.ts';

/** References of kind env: and file: in a value, with the path of the answer each stands at. */
const references = (value: unknown, at = ''): readonly {readonly at: string; readonly reference: string}[] => {
	if (typeof value === 'string') return /^(env|file):/u.test(value) ? [{at, reference: value}] : [];
	if (value === null || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([key, inner]) => references(inner, at === '' ? key : `${at}.${key}`));
};

const lookAtPair = async ({clock}: Context, answers: Answers): Promise<void> => {
	const hosts = componentsOf(answers).map(({answers: {host}}) => host);
	const result = await createTls().readPair(answers.tls, hosts, clock.now());
	if ('problems' in result) throw new ProblemsError(result.problems.map(asUsage));
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
		lookAtPair(context, answers),
		...furtherFiles(answers).map(async ({answer, file}) => readPemFile(file, answer)),
		...references(answers).map(async ({at, reference}) => lookAtSecret(context, at, reference)),
	]);
	const values = await valuesProblems(answers);
	const others = results.flatMap((result) => {
		if (result.status === 'fulfilled') return [];
		if (result.reason instanceof ProblemsError) return result.reason.problems;
		if (result.reason instanceof ProblemError) return [result.reason.problem];
		throw result.reason;
	});
	return [...others, ...values];
};
