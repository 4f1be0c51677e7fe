import {urlOf} from '../answers/addresses.ts';
import type {Answers} from '../answers/schema.ts';
import type {Problem} from '../base/problem.ts';
import {counted} from '../base/text.ts';
import {formatDuration} from '../base/units.ts';
import {changesInWords} from '../engine/changes.ts';
import {isProved, isUnchanged, stepWords, unfinishedWay} from '../engine/outcome.ts';
import type {Pass} from '../engine/plan.ts';
import {planViewOf} from '../engine/plan-view.ts';
import type {PlanWords} from '../engine/plan-words.ts';
import type {RunState, StepState} from '../engine/state.ts';
import {topicsOfPlan} from '../handover/concerned.ts';
import {findingsOf, findingsWords} from './findings.ts';
import {formatProblem} from './format.ts';
import {type GoOn, goOnCommand, repeatedWords} from './go-on.ts';
import {type AsCalled, passwordLines} from './login.ts';

/** What the end of a run is told with. Files are absolute paths. */
export type SummaryContext = GoOn & {
	/** How the plan speaks of itself. */
	readonly words: PlanWords;
	readonly answers?: Answers | undefined;
	/** How commands of this program are to be called from then on; as they are where it is not given. */
	readonly asCalled?: AsCalled | undefined;
	readonly logFile: string;
	readonly reportFile?: string | undefined;
	/** What could not be tidied up after the run, in words. */
	readonly leftovers?: readonly string[] | undefined;
	/** Problems of steps were told before, as they were met: their evidence is not told again. */
	readonly isTold?: boolean | undefined;
};

const stepRow = (step: StepState, pass: Pass, width: number): string => {
	const isPlanned = pass === 'look' && step.outcome === undefined && step.changes.length > 0;
	const words = isPlanned ? changesInWords(step.changes) : stepWords(step, pass);
	return `  ${step.title.padEnd(width)}  ${words}${step.note ? `: ${step.note}` : ''}`;
};

/** True where the plan has proved what it made; one that has nothing to prove came to its end with all its steps. */
export const isWhole = (state: RunState): boolean =>
	isProved(state) || (state.steps.length === state.planSteps && state.steps.every(({proves}) => !proves));

/** How a plan that was applied ended well. A run between --from and --until must not claim more than it did. */
export const doneWords = (state: RunState, {done, nothing, whole}: PlanWords): string => {
	if (!isWhole(state)) return `The chosen steps are done, this is not ${whole}`;
	return isUnchanged(state) ? nothing : done;
};

/** How many problems a look met, where it met several. */
const severalIn = (state: RunState): string => {
	const {length} = findingsOf(state);
	return length > 1 ? `: ${counted(length, 'problem')}` : '';
};

/** A run that only looked has finished nothing, whatever it found. */
const failedHead = (state: RunState, took: string): string => {
	const {pass} = state;
	if (pass === 'apply') return `Not finished (${took}).`;
	const words = pass === 'verify' ? findingsWords(state) : `not everything could be planned${severalIn(state)}`;
	return `${words[0]?.toUpperCase()}${words.slice(1)} (${took}).`;
};

/** A look at some of the steps says nothing of the others. */
const verifiedWords = ({steps, planSteps}: RunState): string =>
	steps.length >= planSteps
		? 'Everything is as the answers say'
		: `What was looked at is as the answers say: ${steps.length} of ${counted(planSteps, 'step')}`;

const headOf = (state: RunState, words: PlanWords): string => {
	const took = formatDuration((state.finishedAt ?? state.startedAt) - state.startedAt);
	if (state.outcome === 'stopped') return `Stopped after ${took}. What is done stays done.`;
	if (state.outcome !== 'done') return failedHead(state, took);
	if (state.pass === 'look') return `Plan made, nothing was changed (${took}).`;
	if (state.pass === 'verify') return `${verifiedWords(state)} (${took}).`;
	return `${doneWords(state, words)} (${took}).`;
};

const serverRows = (answers: Answers, {before}: PlanWords, asCalled?: AsCalled): readonly string[] => {
	const {controlPlane, workspaces} = answers;
	return [
		...(before === undefined ? [] : ['', ...before.split('\n').map((line) => `  ${line}`)]),
		'',
		`  Dashboard  ${urlOf(answers, controlPlane.host)}  (user ${controlPlane.admin.username})`,
		...workspaces.map(({name, host}) => `  Workspace  ${urlOf(answers, host)}  (${name})`),
		...passwordLines(answers, asCalled).map((line) => `  ${line}`),
	];
};

/** What is to be done once a plan is done; of the keys nothing where the run saw that copies of them lie outside of the cluster. */
export const nextSteps = ({steps}: RunState, {keepKeys, next}: PlanWords): readonly string[] => {
	const isKept = steps.some(({keep}) => keep?.keysOutside === true);
	return keepKeys === undefined || isKept ? next : [keepKeys, ...next];
};

const nextRows = (state: RunState, words: PlanWords): readonly string[] => {
	const next = nextSteps(state, words);
	return next.length === 0 ? [] : ['', ...next.flatMap((step) => step.split('\n').map((line) => `  ${line}`))];
};

/** What is next where a way out of a problem was begun: it comes before the run that it was gone from. Empty where there is none. */
export const wayWords = (state: RunState): readonly string[] => {
	const way = unfinishedWay(state);
	if (!way) return [];
	const goOn = way.command === undefined ? '' : ` Go on with it first:\n${way.command}`;
	return [`Begun and not ended: ${way.label}. Servers may be stopped.${goOn}`];
};

const hasEvidence = ({evidence = [], parts = []}: Problem): boolean => evidence.length > 0 || parts.some(hasEvidence);

const withoutEvidence = ({evidence: _evidence, parts, ...problem}: Problem): Problem => ({
	...problem,
	...(parts && {parts: parts.map(withoutEvidence)}),
});

/** A problem that a run ended with; what was seen of it only where no step has told it. */
const problemLines = (problem: Problem, {steps}: RunState, isTold: boolean): readonly string[] => {
	const isTwice = isTold && hasEvidence(problem) && steps.some((step) => step.problem?.message === problem.message);
	if (!isTwice) return ['', ...formatProblem(problem)];
	return [
		'',
		...formatProblem(withoutEvidence(problem)),
		'  What was seen of it stands above, at the step, and in the log.',
	];
};

/** How a run is gone on with that did not come to the end of its plan. */
const goOnRows = (state: RunState, goOn: GoOn): readonly string[] => {
	if (state.outcome === 'done') {
		const isPart = state.pass === 'apply' && !isWhole(state);
		return isPart && goOn.resumeWhole !== undefined ? [`  Go on with  ${goOn.resumeWhole}`] : [];
	}
	const correct = repeatedWords(state, goOn);
	const verb = state.pass === 'apply' ? 'Go on' : 'Again';
	return [`  ${verb} with  ${goOnCommand(state, goOn)}`, ...(correct === undefined ? [] : [`  ${correct}`])];
};

/** What makes the papers of those whom a plan waits for, or met a problem with. */
const papersRows = (state: RunState, asCalled: AsCalled = (command) => command): readonly string[] => {
	const topics = state.pass === 'look' ? topicsOfPlan(planViewOf(state)) : [];
	return topics.length === 0 ? [] : [`  Papers      ${asCalled(`zenml-airgap handover ${topics.join(' ')}`)}`];
};

/** Warnings of the run, and of its steps where their events were not printed before, each once. */
const warningsIn = ({warnings = [], steps}: RunState, isTold: boolean, leftovers: readonly string[]) => [
	...new Set([...(isTold ? [] : steps.flatMap((step) => step.warnings)), ...warnings, ...leftovers]),
];

/** What is printed at the end of a run, on the ordinary screen, so that it stays in the scrollback. */
export const summaryLines = (state: RunState, context: SummaryContext): readonly string[] => {
	const {answers, words, logFile, reportFile, leftovers = [], isTold = false} = context;
	const width = Math.max(0, ...state.steps.map(({title}) => title.length));
	const problems = state.outcome === 'failed' ? findingsOf(state) : [];
	const isDone = state.outcome === 'done' && state.pass === 'apply' && isWhole(state);
	return [
		headOf(state, words),
		...state.steps.map((step) => stepRow(step, state.pass, width)),
		...problems.flatMap((problem) => problemLines(problem, state, isTold)),
		...(isDone && words.servers && answers ? serverRows(answers, words, context.asCalled) : []),
		...(isDone ? nextRows(state, words) : []),
		'',
		...wayWords(state).flatMap((text) => text.split('\n').map((line) => `  ${line}`)),
		...goOnRows(state, context),
		...papersRows(state, context.asCalled),
		...(reportFile === undefined ? [] : [`  Report      ${reportFile}`]),
		`  Log         ${logFile}`,
		...warningsIn(state, isTold, leftovers).map((text) => `  Warning     ${text}`),
	];
};
