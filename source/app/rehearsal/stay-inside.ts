import {type Draft, getAt} from '../../answers/draft.ts';
import {labelAt} from '../../answers/form/label.ts';
import type {Answers} from '../../answers/schema.ts';
import {type Problem, ProblemError, ProblemsError} from '../../base/problem.ts';
import type {AnswerSource} from '../answers/inputs.ts';
import type {FoundDraft} from '../answers/kept-draft.ts';
import {rehearsalRunProblems} from '../base/rehearsal-problems.ts';
import {isWithin} from './answers.ts';
import {ownServersIn} from './databases.ts';
import {foreignStorage} from './peers.ts';

/** Answers that say which machines are touched: in a rehearsal not even `--set` may lead out of its world. */
const fixedByRehearsal = [
	'kubernetes',
	'registry.host',
	'registry.pushHost',
	'database.host',
	'database.port',
	'artifacts.s3.endpoint',
	'backup.schedule.s3.endpoint',
] as const;

/** Where a component's own database server is; the rest of it, such as the administrator's password, may be mended. */
const isOwnPlace = (at: string): boolean =>
	/^(?:controlPlane|workspaces\.\d+)\.database(?:\.server(?:\.(?:host|port))?)?$/u.test(at);

/** Refuses options that would lead a rehearsal to machines outside it. @throws ProblemsError area `usage`. */
export const refuseOutside = ({overrides}: AnswerSource): void => {
	const refused = overrides.filter(
		(one) => isOwnPlace(one.path) || fixedByRehearsal.some((fixed) => isWithin(one.path, fixed)),
	);
	if (refused.length === 0) return;
	throw new ProblemsError(
		refused.map(({path: at}) =>
			rehearsalRunProblems.problem('rehearsal-stays-inside', {case: 'set', answer: at}, {answers: [at]}),
		),
	);
};

/** Answers that say where a rehearsal's machines are. */
const placesOfWorld = [
	'kubernetes.kubeconfig',
	'kubernetes.context',
	'registry.host',
	'database.host',
	'database.port',
] as const;

/** The places in answers that lead out of the rehearsed world. */
const outside = (world: Draft, given: Draft): readonly string[] => {
	const places = [...placesOfWorld, ...ownServersIn(given).flatMap((at) => [`${at}.host`, `${at}.port`])];
	const moved = places.filter((at) => getAt(given, at) !== getAt(world, at));
	const further = getAt(given, 'registry.pushHost') === undefined ? [] : ['registry.pushHost'];
	return [...moved, ...further, ...foreignStorage(given, world)];
};

/** Unfinished answers of an earlier rehearsal, where they are about this world. */
export const ofThisWorld = (world: Draft, found: FoundDraft): FoundDraft =>
	found.kept !== undefined && outside(world, found.kept.draft).length > 0 ? {} : found;

/** What a place in answers is called at a screen and in a file. */
const nameOf = (at: string): string => (labelAt(at) === at ? at : `${labelAt(at)} (${at})`);

const refusalAt = (world: Draft, at: string): Problem => {
	const own = getAt(world, at);
	const answer = nameOf(at);
	return own === undefined
		? rehearsalRunProblems.problem('rehearsal-stays-inside', {case: 'added', answer}, {answers: [at]})
		: rehearsalRunProblems.problem(
				'rehearsal-stays-inside',
				{case: 'changed', answer, own: String(own)},
				{answers: [at]},
			);
};

/** What is said at a question whose answer leads out of the rehearsed world; undefined where it stays inside. */
export const answerInside =
	(world: Draft) =>
	(given: Draft, at: string): string | undefined =>
		outside(world, given).includes(at)
			? `leads out of the rehearsal, which gives its own here. ${refusalAt(world, at).fix}`
			: undefined;

/** Whoever mends one answer and looks again would meet this one then. */
const bundleProblems = async ({bundle}: Answers, signal: AbortSignal): Promise<readonly Problem[]> => {
	const {openLayout} = await import('../../bundle/layout/layout.ts');
	try {
		await openLayout(bundle.path, signal);
		return [];
	} catch (error) {
		if (error instanceof ProblemError) return [{...error.problem, answers: ['bundle.path']}];
		throw error;
	}
};

/**
 * Refuses answers, edited at a screen for example, that lead out of the rehearsed world: each of them, and a bundle that cannot be opened
 * with them, for nothing further is looked at. @throws ProblemsError
 */
export const stayInside =
	(world: Draft, signal: AbortSignal) =>
	async (answers: Answers): Promise<void> => {
		const left = outside(world, answers as unknown as Draft);
		if (left.length === 0) return;
		throw new ProblemsError([...left.map((at) => refusalAt(world, at)), ...(await bundleProblems(answers, signal))]);
	};
