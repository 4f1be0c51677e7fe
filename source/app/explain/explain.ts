import {allFields, allNodes} from '../../answers/fields.ts';
import {nearestOf} from '../../base/text.ts';
import {type PlanEntry, plans} from '../../plans/index.ts';
import {answersOf, explainLines, tellings} from '../../report/explain.ts';
import {explainAnswer} from '../../report/explain-answer.ts';
import {explainStep} from '../../report/explain-step.ts';
import {appProblems} from '../base/problems.ts';
import {allProblems} from './problem-tables.ts';

const entries: readonly PlanEntry[] = Object.values(plans);

/** The names of all steps of all plans, each once. */
const stepIds: readonly string[] = [...new Set(entries.flatMap((entry) => [...entry.stepIds]))];

/** Whatever can be explained, by its name: problems, steps, and answers, in which `*` stands for the index of a list. */
export const namesToExplain = (): readonly string[] => [
	...new Set([...allProblems().keys(), ...stepIds, ...allNodes.flatMap(({path}) => path.join('.') || [])]),
];

const withStars = (path: string): string => path.replaceAll(/\.\d+(?=\.|$)/gu, '.*');

/** Codes of the problems that name an answer, or a group that it is in. */
const codesOf = (path: string): readonly string[] =>
	[...allProblems()].flatMap(([code, declarations]) =>
		declarations.flatMap(answersOf).some((answer) => withStars(answer) === path) ? [code] : [],
	);

const ofProblem = (code: string): readonly string[] | undefined => {
	const declarations = allProblems().get(code);
	return declarations && explainLines(code, declarations);
};

/** What a problem means and what an answer is: known without any plan. */
const known = (name: string): readonly (readonly string[])[] =>
	[ofProblem(name), explainAnswer(name, {fields: allFields, codesOf})].filter((part) => part !== undefined);

const ofStep = async (id: string): Promise<readonly string[] | undefined> => {
	const having = entries.filter((entry) => (entry.stepIds as readonly string[]).includes(id));
	// What the steps do is most of the program: it is read for these alone.
	const loaded = await Promise.all(having.map(async (entry) => ({id: entry.id, plan: await entry.load()})));
	return explainStep(id, loaded);
};

/**
 * All that a name means: a problem by its code, an answer by its path, a step by its id; one part for each that is called so.
 * @param asCalled how commands of this program are to be called @throws ProblemError `explain-unknown-code`
 */
export const explained = async (
	name: string,
	asCalled: (text: string) => string,
): Promise<readonly (readonly string[])[]> => {
	const step = await ofStep(name);
	const parts = [...known(name), ...(step ? [step] : [])];
	if (parts.length > 0) return parts.map((part) => part.map(asCalled));
	const shown = name.slice(0, 80);
	const near = nearestOf(withStars(shown), namesToExplain(), 3);
	const [first] = near;
	const given =
		first === undefined ? ({case: 'none near'} as const) : ({case: 'near ones', first, near: near.join(', ')} as const);
	throw appProblems.error('explain-unknown-code', {...given, code: shown});
};

const lines = (rows: readonly (readonly [name: string, says: string])[]): readonly string[] => {
	const width = Math.max(...rows.map(([name]) => name.length));
	return rows.map(([name, says]) => `${name.padEnd(width)}  ${says}`);
};

/** Everything that can be explained, one a line: steps, answers, problems. */
export const everything = async (): Promise<readonly string[]> => {
	const loaded = await Promise.all(entries.map(async (entry) => entry.load()));
	const steps = loaded.flatMap((plan) => plan.steps);
	return [
		'Steps',
		...lines(stepIds.map((id) => [id, steps.find((step) => step.id === id)?.title ?? ''])),
		'',
		'Answers',
		...lines(allFields.map(({path, description}) => [path.join('.'), description ?? ''])),
		'',
		'Problems',
		...lines([...allProblems()].map(([code, all]) => [code, all.flatMap(tellings)[0]?.message ?? ''])),
	];
};
