import {CommanderError} from 'commander';
import type {ClusterInUse} from '../base/people/cluster-commands.ts';
import {harmlessJson, harmlessText, printableText} from '../base/printable.ts';
import {exitCodes, type Problem, ProblemError, ProblemsError, toProblem} from '../base/problem.ts';
import {problemOnCluster} from '../report/cluster-commands.ts';
import {formatProblem} from '../report/format.ts';
import type {Context} from './base/context.ts';
import {type Called, calledBy, calledDeep, programOf} from './base/kept/own-commands.ts';
import {appProblems} from './base/problems.ts';
import {unknownWords} from './base/terminal.ts';
import {checkedContext} from './base/unchecked.ts';
import {commandLine, type Request} from './command-line.ts';

/** Does what was asked for. Returns the exit code. */
const act = async (context: Context, {work, given, quotes}: Request, json: boolean): Promise<number> => {
	const run = work as (context: Context, given: unknown) => Promise<number>;
	const plain = quotes ? printableText : harmlessText;
	const harmless = json ? harmlessJson : plain;
	return run({...context, out: (text) => context.out(harmless(text))}, given);
};

/** How a refusal is told: as JSON or in words, with commands that name the cluster in use, and are called as this one was. */
type Refused = {readonly json: boolean; readonly cluster: ClusterInUse; readonly called: Called};

/** Before a run there is no report to look into: of an error that nobody expected its kind is enough. */
const problemsOf = (error: unknown): readonly Problem[] => {
	if (error instanceof ProblemsError) return error.problems;
	return error instanceof ProblemError ? [error.problem] : [{...toProblem(error), evidence: []}];
};

/** What is wrong with a command line, in the words of the library that reads it. */
const unread = ({message}: CommanderError): ProblemError =>
	appProblems.error('command-line-invalid', {words: message.replace(/^error: /u, '').replaceAll(/\s+/gu, ' ')});

const refuse = async (
	{redactor, err, stderr}: Context,
	error: unknown,
	{json, cluster, called}: Refused,
): Promise<number> => {
	// Before they are made printable or JSON, for a secret is known as it is, and a word of this program stays what it is.
	const problems = redactor.redactDeep(
		problemsOf(error).map((one) => calledDeep(problemOnCluster(one, cluster), called)),
	);
	const lines = json
		? problems.map((problem) => JSON.stringify({type: 'refused', problem}))
		: problems.flatMap((problem) => redactor.redact(formatProblem(problem).join('\n')));
	const text = lines.join('\n');
	if (json) err(`${harmlessJson(text)}\n`);
	else {
		// What breaks lines takes a fifth of the start of a program, which mostly refuses nothing.
		const {inRows} = await import('./base/wrap.ts');
		inRows(err, stderr)(text);
	}
	return exitCodes[problems[0]?.area ?? 'bug'];
};

/** Runs one command line to its end. Returns the exit code; never throws. */
export const main = async (given: Context, words: readonly string[]): Promise<number> => {
	let cluster: ClusterInUse = {};
	const useCluster = (used: ClusterInUse): void => {
		cluster = used;
	};
	const context = checkedContext(given);
	const unknown = unknownWords(context.environment);
	if (unknown !== undefined) context.err(`${printableText(unknown)}\n`);
	const json = words.includes('--json');
	let request: Request | undefined;
	const program = commandLine(
		context.version,
		(asked) => {
			request = asked;
		},
		// With JSON there is one form for whatever is refused.
		{out: context.out, err: json ? () => undefined : context.err},
	);
	try {
		// Taken for a path an empty word would mean the current folder, which nobody named.
		if (words.includes('')) throw appProblems.error('word-empty', {});
		await program.parseAsync([...words], {from: 'user'});
		return request
			? await act({...context, useCluster, called: calledBy(request.given, programOf(context))}, request, json)
			: 0;
	} catch (error) {
		const how = {json, cluster, called: calledBy(request?.given, programOf(context))};
		if (!(error instanceof CommanderError)) return await refuse(context, error, how);
		if (error.exitCode === 0) return 0;
		return json ? await refuse(context, unread(error), how) : 2;
	}
};
