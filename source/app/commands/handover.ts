import path from 'node:path';
import {Argument} from 'commander';
import {ProblemsError} from '../../base/problem.ts';
import {shellWord} from '../../base/shell.ts';
import {type TopicId, topics} from '../../handover/topics.ts';
import {type WrittenPapers, writtenLines} from '../../handover/written.ts';
import type {AnswerFlags, Context} from '../base/context.ts';
import {type Called, calledBy, calledDeep, handoverWith} from '../base/kept/own-commands.ts';
import {contextInWorld} from '../base/played-world.ts';
import {appProblems} from '../base/problems.ts';
import type {AddCommand, Work} from './command.ts';
import {withAnswerOptions, withExamples} from './shared-options.ts';

type HandoverOptions = AnswerFlags & {
	readonly topics: readonly TopicId[];
	readonly out?: string | undefined;
	readonly by?: string | undefined;
	readonly contact?: string | undefined;
	readonly withPasswords: boolean;
	readonly json: boolean;
};

/** What became of papers with commands that can be run as they stand: called as this was, and for the same place. */
const asCalled = (one: WrittenPapers, called: Called, out: string | undefined): WrittenPapers => {
	const full = (words: readonly string[]): readonly string[] =>
		calledDeep(out === undefined ? words : words.map((text) => handoverWith(text, `--out ${shellWord(out)}`)), called);
	return {...one, lacks: full(one.lacks), ...(one.toDo && {toDo: full(one.toDo)})};
};

const tell = async (
	{out, redactor, stdout}: Context,
	all: readonly WrittenPapers[],
	{json, kept}: {readonly json: boolean; readonly kept: readonly string[]},
): Promise<void> => {
	if (json) {
		for (const one of all) out(redactor.redact(`${JSON.stringify(one)}\n`));
		return;
	}
	const {tellRows} = await import('../base/wrap.ts');
	const rows = tellRows({out, stdout});
	// Problems end the command, and are told whole then.
	for (const line of [...writtenLines(all, {problems: 'in short'}), ...kept]) rows(redactor.redact(line));
};

/** @throws ProblemError, ProblemsError for answers that cannot be used, and for papers that could not be made */
const work: Work<HandoverOptions> = async (
	context,
	{topics: asked, out, by, contact, withPasswords, json, ...flags},
) => {
	const [
		{completeAnswers, findAnswers, stateDirectoryOf},
		{gatherPapers, installUnderWay, ownFolder, settledTopics, writePapers},
		{plans},
	] = await Promise.all([import('../answers/inputs.ts'), import('../run/papers.ts'), import('../../plans/index.ts')]);
	const stateDirectory = stateDirectoryOf(context, flags);
	const answers = completeAnswers(await findAnswers(context, flags, {stateDirectory, plan: plans.install}));
	const target =
		out === undefined
			? ownFolder(stateDirectory)
			: {folder: path.resolve(context.workingDirectory, out), isShared: true};
	const wanted = asked.length > 0 ? [...new Set(asked)] : topics.map(({id}) => id);
	if (withPasswords && !wanted.includes('database'))
		throw appProblems.error('passwords-without-database', {topics: wanted.join(' ')});
	const {signal} = context;
	await contextInWorld(context, answers, stateDirectory);
	const {keepAsked, keptWords} = await import('../base/asked.ts');
	const kept = await keepAsked(stateDirectory, {by, contact});
	const results = await gatherPapers({context, stateDirectory, answers, prompted: new Map(), signal}, wanted, {
		withPasswords,
	});
	const all = await writePapers(results, target);
	const {called = calledBy(undefined)} = context;
	const settled = await settledTopics(stateDirectory, answers);
	const saysWhen =
		all.every(({topic, folder}) => folder === undefined || settled.has(topic)) ||
		(await installUnderWay(stateDirectory, context.hostName));
	await tell(
		context,
		all.map((one) => asCalled(one, called, out)),
		{json, kept: keptWords(kept, {by, contact}, saysWhen)},
	);
	const problems = all.flatMap(({problem}) => problem ?? []);
	if (problems.length > 0) throw new ProblemsError(problems);
	return 0;
};

/** `handover`: papers for other teams, at any time. */
export const handover: AddCommand = ({program}, ask) => {
	const names = topics.map(({id}) => id);
	const command = withAnswerOptions(program.command('handover'))
		.description('write the papers for other teams: what they have to do, how to check it, how to undo it')
		.addArgument(new Argument('[topics...]', 'which papers; all of them where none is named').choices(names))
		.option('--out <folder>', 'where the folders of the teams go (default: "handover" in the state folder)')
		.option(
			'--by <date>',
			'until when it is needed, as README.txt of each team says it; kept for the next time, - takes it away',
		)
		.option('--contact <text>', 'whom to ask: name, mail or phone, ticket; kept like --by')
		.option(
			'--with-passwords',
			'with the topic database: write the passwords of the accounts too, one file each',
			false,
		)
		.option('--json', 'one line of JSON for each topic on standard output, nothing else there', false);
	command.addHelpText(
		'after',
		`\nTopics:\n${topics.map(({id, who, about}) => `  ${id.padEnd(12)} ${who}: ${about}`).join('\n')}\n`,
	);
	withExamples(command, [
		'zenml-airgap handover --answers answers.yaml --out papers',
		`zenml-airgap handover dns ca --by 2026-12-04 --contact 'Ada Lang, ada@corp.example, CHG-1702'`,
		'zenml-airgap handover database --with-passwords',
	]).action((asked: readonly TopicId[], options: Omit<HandoverOptions, 'topics'>) =>
		ask(work, {...options, topics: asked}),
	);
};
