import type {AnswersSoFar} from '../../answers/file/load.ts';
import type {Answers} from '../../answers/schema.ts';
import {resolveSecret} from '../../answers/secrets.ts';
import {printable} from '../../base/printable.ts';
import {type Problem, ProblemError, ProblemsError} from '../../base/problem.ts';
import {createTls} from '../../network/tls.ts';
import {furtherProblems, trustStoreProblems} from '../../steps/shared/further-files.ts';
import {componentsOf} from '../../steps/shared/names.ts';
import type {Context} from '../base/context.ts';
import {readPemFile} from '../base/pem-files.ts';
import {valuesProblems} from './values-on-host.ts';

const problemsOf = (results: readonly PromiseSettledResult<unknown>[]): readonly Problem[] =>
	results.flatMap((result) => {
		if (result.status === 'fulfilled') return [];
		if (result.reason instanceof ProblemsError) return result.reason.problems;
		if (result.reason instanceof ProblemError) return [result.reason.problem];
		throw result.reason;
	});

/** References of kind env: and file: in a value, with the path of the answer each stands at. */
const references = (value: unknown, at = ''): readonly {readonly at: string; readonly reference: string}[] => {
	if (typeof value === 'string') return /^(env|file):/u.test(value) ? [{at, reference: value}] : [];
	if (value === null || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([key, inner]) => references(inner, at === '' ? key : `${at}.${key}`));
};

/** The files of the servers, each by itself: what the others would be held against is missing. */
const lookAtParts = async (tls: Partial<Answers['tls']>): Promise<void> => {
	const keys = ['certificate', 'key', 'ca'] as const;
	const files = keys.flatMap((key) => (tls[key] === undefined ? [] : [{answer: `tls.${key}`, file: tls[key]}]));
	const found = await Promise.allSettled(files.map(async ({answer, file}) => readPemFile(file, answer)));
	const problems = problemsOf(found);
	if (problems.length > 0) throw new ProblemsError(problems);
};

const lookAtPair = async ({clock}: Context, answers: AnswersSoFar): Promise<void> => {
	const {certificate, key, ca}: Partial<Answers['tls']> = answers.tls;
	if (certificate === undefined || key === undefined || ca === undefined) return lookAtParts(answers.tls);
	const hosts = componentsOf(answers).flatMap(({path, answers: {host}}) =>
		host === undefined ? [] : [{host, answer: `${path}.host`}],
	);
	const result = await createTls().readPair({certificate, key, ca}, hosts, clock.now());
	if ('problems' in result) throw new ProblemsError(result.problems);
};

const lookAtFurtherFiles = async (answers: AnswersSoFar): Promise<void> => {
	const {network} = answers;
	const store = await trustStoreProblems({network}, createTls({trustStore: network.trustStore}));
	const problems = [...(await furtherProblems(answers, readPemFile)), ...store];
	if (problems.length > 0) throw new ProblemsError(problems);
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
export const localProblems = async (context: Context, answers: AnswersSoFar): Promise<readonly Problem[]> => {
	const results = await Promise.allSettled([
		lookAtPair(context, answers),
		lookAtFurtherFiles(answers),
		...references(answers).map(async ({at, reference}) => lookAtSecret(context, at, reference)),
	]);
	return [...problemsOf(results), ...(await valuesProblems(answers))];
};
