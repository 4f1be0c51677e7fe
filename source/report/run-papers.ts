import {serializeAnswers} from '../answers/file/save.ts';
import type {Answers} from '../answers/schema.ts';
import type {Problem} from '../base/problem.ts';
import {formatDuration, formatMoment} from '../base/units.ts';
import {fingerprintOf} from '../engine/fingerprint.ts';
import type {LastChange} from '../engine/journal/steps.ts';
import {stepWords} from '../engine/outcome.ts';
import type {Item, LogLine, RunState, StepState} from '../engine/state.ts';
import {factLines} from './event-lines.ts';
import {findingsOf, findingsWords} from './findings.ts';
import {formatProblem} from './format.ts';
import type {Happened} from './happened.ts';
import {type AsCalled, passwordLines} from './login.ts';
import type {Paper, Section} from './paper.ts';

/** Who worked from where, with what, on which cluster: names and values in words. */
export type Facts = readonly (readonly [name: string, value: string])[];

/** The earlier run that changed something last in a step, by the id of the step. */
export type ChangedBefore = Readonly<Record<string, (LastChange & {readonly ended?: string | undefined}) | undefined>>;

/** What an earlier run recorded in a step, by its id, that it did not bring to its end. */
export type RecordedBefore = {readonly runId: string; readonly step: string; readonly lines: readonly string[]};

/** What a paper of a run is made from. */
export type RunTold = {
	readonly state: RunState;
	readonly answers: Answers;
	/** Operator, host, terminal, kubeconfig, cluster. */
	readonly surroundings: Facts;
	/** Revisions of the releases, as Helm knows them. */
	readonly releases?: Facts;
	readonly happened: readonly Happened[];
	readonly changedBefore?: ChangedBefore;
	readonly recordedBefore?: readonly RecordedBefore[];
	/** True for a run in a played world. */
	readonly rehearsal: boolean;
	/** True for a paper whose first section is the problem. */
	readonly beginsWithProblem?: boolean;
	/** How commands of this program are to be called; as they are where it is not given. */
	readonly asCalled?: AsCalled | undefined;
};

const moment = (at: number | undefined): string => (at === undefined ? '-' : formatMoment(at, 'seconds'));

const seen: Readonly<Record<Item['state'], string>> = {ok: 'ok ', bad: 'BAD', pending: '?  '};

const itemLine = ({label, state, note}: Item): string => `  ${seen[state]} ${label}${note === '' ? '' : `: ${note}`}`;

const tookOf = ({startedAt, finishedAt}: StepState): string =>
	startedAt === undefined || finishedAt === undefined ? '' : ` (${formatDuration(finishedAt - startedAt)})`;

/** Whose work it is that a run found done. */
const earlierLines = ({id, outcome}: StepState, {changedBefore = {}}: RunTold): readonly string[] => {
	const change = changedBefore[id];
	if (outcome !== 'already' || change === undefined) return [];
	const by = change.by === undefined ? '' : ` by ${change.by}`;
	return [`  ${change.ended ?? 'done'} in run ${change.runId}, ${moment(change.at)}${by}`];
};

/** A paper that begins with the problem does not tell it twice. */
const problemLines = (problem: Problem, {beginsWithProblem = false}: RunTold): readonly string[] =>
	beginsWithProblem ? [`  problem ${problem.code}, told above`] : formatProblem(problem).map((line) => `  ${line}`);

const stepLines = (step: StepState, told: RunTold): readonly string[] => [
	`${step.title}: ${stepWords(step, told.state.pass)}${step.note ? `, ${step.note}` : ''}${tookOf(step)}`,
	...earlierLines(step, told),
	...step.items.map(itemLine),
	...step.changes
		.filter(() => step.outcome === undefined)
		.map(({action, target, detail}) => {
			// Of a step that was begun it is not known how much of it is done.
			const head = told.state.pass === 'apply' ? 'was to be done' : 'differs';
			return `  ${head}: ${action} ${target}${detail === undefined ? '' : ` (${detail})`}`;
		}),
	...(step.problem ? problemLines(step.problem, told) : []),
];

/** What a step recorded; before it what earlier runs recorded in it, one that brought it to its end where this run found it done. */
const recordLines = (
	{id, title, outcome, record = []}: StepState,
	{changedBefore = {}, recordedBefore = []}: RunTold,
): readonly string[] => {
	const done = outcome === 'already' ? changedBefore[id] : undefined;
	const earlier = [
		...recordedBefore.filter(({step}) => step === id),
		...(done === undefined ? [] : [{runId: done.runId, lines: done.record ?? []}]),
	];
	const parts = [
		...earlier.map(({runId, lines}) => [`${title}, in run ${runId}`, lines] as const),
		[title, record] as const,
	];
	return parts.flatMap(([head, lines]) => (lines.length === 0 ? [] : [head, ...lines.map((line) => `  ${line}`)]));
};

const happenedLines = (all: readonly Happened[]): readonly string[] =>
	all.map(({at, step, text, until}) => {
		const ended = until === undefined ? '' : ` (until ${moment(until)}, ${formatDuration(until - at)})`;
		return `${moment(at)}  ${step}: ${text}${ended}`;
	});

const runSection = ({state, answers, surroundings}: RunTold): Section => ({
	title: 'Run',
	facts: [
		['Tool', `zenml-airgap ${state.version}`],
		['Run', state.runId],
		['Started', moment(state.startedAt)],
		['Finished', moment(state.finishedAt)],
		...surroundings,
		['Control plane', `${answers.controlPlane.host} (namespace ${answers.controlPlane.namespace})`],
		...answers.workspaces.map(
			({name, host, namespace}) => ['Workspace', `${host} (${name}, namespace ${namespace})`] as const,
		),
		[
			'Answers',
			`sha256:${fingerprintOf(answers)} (references in the place of secrets; docs/install.md says how to compute it)`,
		],
	],
});

/** What steps say of what was worked with, such as digests; then the releases. */
const usedSection = ({state, releases = []}: RunTold): Section => ({
	title: 'What was worked with',
	facts: [...state.steps.flatMap(({keep}) => keep?.facts ?? []), ...releases],
});

const common = (told: RunTold): readonly Section[] => {
	const {state, happened} = told;
	const warnings = [...new Set([...state.steps.flatMap((step) => step.warnings), ...(state.warnings ?? [])])];
	return [
		runSection(told),
		// Of a look alone.
		{title: 'Where it goes', lines: (state.facts ?? []).flatMap(factLines)},
		usedSection(told),
		{
			title: 'Checks',
			lines: state.steps.flatMap((step, index) => [...(index > 0 ? [''] : []), ...stepLines(step, told)]),
		},
		{title: 'Warnings', lines: warnings},
		{title: 'Problems, and what was done about them; what was confirmed', lines: happenedLines(happened)},
		{
			title: 'Logs',
			lines: state.steps.flatMap((step) => recordLines(step, told)),
		},
	];
};

const across = ({rehearsal}: RunTold): string | undefined => (rehearsal ? 'REHEARSAL' : undefined);

const results = {done: 'done', failed: 'not finished', stopped: 'stopped'} as const;

const resultSection = ({outcome}: RunState, words: string, problems: readonly Problem[]): Section => ({
	title: 'Result',
	lines: [outcome === undefined ? 'under way' : words, ...problems.flatMap((problem) => formatProblem(problem))],
});

/** What was taken as done by the word of somebody, and never seen: whoever signs must know. */
const unseenIn = ({state, happened}: RunTold): readonly string[] =>
	state.steps.flatMap(({title, keep}) => {
		if (keep?.unseen === undefined) return [];
		const by = happened.findLast(({step, confirmedBy}) => step === title && confirmedBy !== undefined)?.confirmedBy;
		return [`${title} confirmed by ${by ?? 'the operator'}, not seen: ${keep.unseen.join(', ')}`];
	});

const acceptedWords = (told: RunTold): string => {
	const {outcome = 'stopped'} = told.state;
	const unseen = unseenIn(told);
	return `${results[outcome]}${unseen.length > 0 ? `, with ${unseen.join('; ')}` : ''}`;
};

const verifiedWords = (state: RunState): string => {
	if (state.outcome === 'stopped') return results.stopped;
	return state.outcome === 'done' ? 'everything is as the answers say' : findingsWords(state);
};

/** The acceptance report: who installed what where, what was checked, what was seen, when, for the file of the change. */
export const acceptancePaper = (told: RunTold): Paper => ({
	title: 'ZenML Pro acceptance report',
	across: across(told),
	sections: [
		resultSection(told.state, acceptedWords(told), findingsOf(told.state)),
		...common(told),
		{title: 'First passwords that were generated', lines: passwordLines(told.answers, told.asCalled)},
	],
});

/** The verification report: whether everything is as the answers say, and what is not. */
export const verificationPaper = (told: RunTold): Paper => ({
	title: 'ZenML Pro verification report',
	across: across(told),
	sections: [resultSection(told.state, verifiedWords(told.state), findingsOf(told.state)), ...common(told)],
});

/** So many of the newest lines of the log are in a problem report. */
const mostLog = 500;

/** A line of the log as reports have it. */
export const logLine = ({at, step, level, text}: LogLine): string =>
	`${new Date(at).toISOString()} ${level} ${step ?? ''} ${text}`;

/** The problem report, for a ticket: all that the page of the problem shows, what runs where, the answers, the steps and the last log. */
export const problemPaper = (told: RunTold): Paper => {
	const {state, answers} = told;
	const found = state.steps.flatMap((step) => step.problem ?? []);
	const problems = found.length > 0 ? found : [state.problem].flatMap((one) => one ?? []);
	return {
		title: problems.length > 0 ? 'zenml-airgap problem report' : 'zenml-airgap report of a run',
		across: across(told),
		sections: [
			{title: 'Problem', lines: problems.flatMap(formatProblem)},
			...common({...told, beginsWithProblem: true}),
			{title: 'Answers', lines: serializeAnswers(answers).trimEnd().split('\n')},
			{title: 'Log', lines: state.log.slice(-mostLog).map(logLine)},
		],
	};
};
