import {type Actor, actors} from '../base/people/actor.ts';
import {type Problem, partsOf} from '../base/problem.ts';
import type {PlanStep, PlanView} from '../engine/plan-view.ts';
import type {StepState} from '../engine/state.ts';
import {type TopicId, topics} from './topics.ts';

/** The topics of some teams, in the order of all topics. */
export const topicsOf = (who: readonly Actor[]): readonly TopicId[] =>
	topics.filter((topic) => who.includes(topic.who)).map(({id}) => id);

const actorsOf = ({who, parts = []}: Problem): readonly Actor[] => [who, ...parts.flatMap(actorsOf)];

/** Whose papers go with what a problem is about, where it is the operator's to mend: a login that was given by another team. */
const topicsOfArea: Partial<Readonly<Record<Problem['area'], TopicId>>> = {
	registry: 'registry',
	database: 'database',
	cluster: 'cluster',
};

const topicsOfProblem = (problem: Problem): readonly TopicId[] => {
	const named = topicsOf(actorsOf(problem));
	const ofArea = topicsOfArea[problem.area];
	return named.length > 0 || ofArea === undefined ? named : [ofArea];
};

const topicsOfPlanStep = (step: PlanStep): readonly TopicId[] => {
	if (step.state === 'problem') return partsOf(step.problem).flatMap(topicsOfProblem);
	if (step.state !== 'todo') return [];
	return topicsOf(step.changes.flatMap(({action, who}) => (action === 'wait' && who ? [who] : [])));
};

/** Whose work a plan waits for, or met a problem with. */
export const topicsOfPlan = ({steps}: PlanView): readonly TopicId[] => {
	const concerned = steps.flatMap(topicsOfPlanStep);
	return topics.flatMap(({id}) => (concerned.includes(id) ? [id] : []));
};

/** Whose papers go with a step: with its problem where that says whose it is, else with what the step does. */
export const topicsOfStep = ({id, problem}: Pick<StepState, 'id' | 'problem'>): readonly TopicId[] => {
	const named = problem ? topicsOfProblem(problem) : [];
	return named.length > 0 ? named : topics.filter(({steps}) => steps.includes(id)).map((topic) => topic.id);
};

/** One line of the list of papers that can be had: the papers that it makes. */
export type PapersChoice = {readonly kind: 'concerned' | 'topic' | 'all'; readonly topics: readonly TopicId[]};

/** Where papers are asked for: the topics that it is about there. */
export type PapersPlace = {readonly concerned: readonly TopicId[]};

/** What can be chosen: all of the teams concerned where these are several, each topic, and all. */
export const papersChoices = ({concerned}: PapersPlace): readonly PapersChoice[] => [
	...(concerned.length > 1 ? [{kind: 'concerned', topics: concerned} as const] : []),
	...topics.map(({id}) => ({kind: 'topic', topics: [id]}) as const),
	{kind: 'all', topics: topics.map(({id}) => id)},
];

/** The place in the list of what is likely wanted: the papers of the one team concerned, else what stands first. */
export const likelyPapers = ({concerned}: PapersPlace): number =>
	concerned.length === 1
		? papersChoices({concerned}).findIndex(({topics: [topic], kind}) => kind === 'topic' && topic === concerned[0])
		: 0;

/** As wide as the longest name of a team. */
const teamCells = Math.max(...Object.keys(actors).map((name) => name.length)) + 2;

const topicOf = (id: TopicId) => topics.find((topic) => topic.id === id);

/** What a line of the list says. */
export const papersLabel = ({kind, topics: chosen}: PapersChoice): string => {
	if (kind === 'all') return 'All of them';
	const teams = [...new Set(chosen.map((id) => topicOf(id)?.who ?? ''))];
	if (kind === 'concerned') return `Those concerned here: ${teams.join(', ')}`;
	return `${teams.join().padEnd(teamCells)}${topicOf(chosen[0] ?? 'ca')?.about ?? ''}`;
};
