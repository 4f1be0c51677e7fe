import path from 'node:path';
import {Argument} from 'commander';
import {errnoWords} from '../../base/errno.ts';
import {savePack} from '../../base/handover.ts';
import {type Problem, ProblemError, ProblemsError, toProblem} from '../../base/problem.ts';
import {baseProblems} from '../../base/problems.ts';
import {type TopicId, topics} from '../../handover/topics.ts';
import type {Gathered} from '../../steps/handover/gathered.ts';
import type {AnswerFlags, Context} from '../base/context.ts';
import type {PapersResult} from '../run/papers.ts';
import type {AddCommand, Work} from './command.ts';
import {withAnswerOptions, withExamples} from './shared-options.ts';

type HandoverOptions = AnswerFlags & {
	readonly topics: readonly TopicId[];
	readonly out?: string | undefined;
	readonly by?: string | undefined;
	readonly withPasswords: boolean;
	readonly json: boolean;
};

/** What was written of a topic, or why nothing was. */
type Written = {
	readonly topic: TopicId;
	readonly who: string;
	readonly folder?: string;
	readonly files: readonly string[];
	readonly lacks: readonly string[];
	readonly problem?: Problem;
};

/** Where papers go: a folder to be handed on, or the state folder, which is the operator's alone. */
type Target = {readonly folder: string; readonly isShared: boolean};

const write = async ({folder, isShared}: Target, {pack}: Gathered): Promise<string> => {
	const own = path.join(folder, pack.id);
	try {
		return await savePack(own, pack.sections, {isShared});
	} catch (error) {
		if (error instanceof ProblemError) throw error;
		const reason = errnoWords(error, 'write');
		throw baseProblems.error('state-unwritable', {case: 'file', file: own, reason}, {location: {file: own}, error});
	}
};

const whoOf = (topic: TopicId): string => topics.find(({id}) => id === topic)?.who ?? '';

const written = async ({topic, gathered, error}: PapersResult, target: Target): Promise<Written> => {
	const nothing = {topic, who: whoOf(topic), files: [], lacks: []};
	if (error !== undefined) return {...nothing, problem: toProblem(error)};
	if (!gathered) return {...nothing, lacks: ['These answers need none.']};
	const folder = await write(target, gathered);
	const {pack, lacks} = gathered;
	return {topic, who: pack.who, folder, files: pack.sections.map(({fileName}) => fileName), lacks};
};

const linesOf = ({topic, who, folder, files, lacks, problem}: Written): readonly string[] => [
	`${topic.padEnd(12)} ${who.padEnd(15)} ${folder === undefined ? 'nothing written' : `${folder} (${files.length} files)`}`,
	...lacks.map((lack) => `  ${lack}`),
	...(problem ? [`  ${problem.message} ${problem.fix}`] : []),
];

const tell = ({out, redactor}: Context, all: readonly Written[], json: boolean): void => {
	if (json) {
		for (const one of all) out(redactor.redact(`${JSON.stringify(one)}\n`));
		return;
	}
	for (const line of all.flatMap(linesOf)) out(`${redactor.redact(line)}\n`);
	if (all.some(({folder}) => folder !== undefined))
		out('Each folder is for one team, and begins with README.txt: why, what exactly, how to check, how to undo.\n');
};

/** @throws ProblemError, ProblemsError for answers that cannot be used, and for papers that could not be made */
const work: Work<HandoverOptions> = async (context, {topics: asked, out, by, withPasswords, json, ...flags}) => {
	const [{completeAnswers, findAnswers, stateDirectoryOf}, {gatherPapers}, {plans}] = await Promise.all([
		import('../answers/inputs.ts'),
		import('../run/papers.ts'),
		import('../../plans/index.ts'),
	]);
	const stateDirectory = stateDirectoryOf(context, flags);
	const answers = completeAnswers(await findAnswers(context, flags, {stateDirectory, plan: plans.install}));
	const target =
		out === undefined
			? {folder: path.join(stateDirectory, 'handover'), isShared: false}
			: {folder: path.resolve(context.workingDirectory, out), isShared: true};
	const wanted = asked.length > 0 ? asked : topics.map(({id}) => id);
	const {signal} = context;
	const results = await gatherPapers({context, stateDirectory, answers, prompted: new Map(), signal}, wanted, {
		by,
		withPasswords,
	});
	const all: Written[] = [];
	for (const result of results) all.push(await written(result, target));
	tell(context, all, json);
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
		.option('--by <date>', 'until when it is needed, as the cover notes say it')
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
		'zenml-airgap handover dns ca --by 2026-12-04',
		'zenml-airgap handover database --with-passwords',
	]).action((asked: readonly TopicId[], options: Omit<HandoverOptions, 'topics'>) =>
		ask(work, {...options, topics: asked}),
	);
};
