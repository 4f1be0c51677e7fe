import {isAbort, toProblem} from '../../base/problem.ts';
import type {Awaited, Change, Finding, Handover} from '../../engine/plan.ts';
import {coverFile} from '../../handover/cover-note.ts';
import type {Pack} from '../../handover/pack.ts';
import {editedWords} from '../../handover/written.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';

/** What a hand-over becomes when nobody does it. */
type LateCode = Extract<keyof typeof stepProblems.table, `handover-${string}`>;

/** How long until it is looked at again, ms. */
export const pollEveryMs = 3000;

const missingOf = ({awaited}: Pick<Handover, 'awaited'>): readonly Awaited[] => awaited.filter(({ok}) => !ok);

const wordsOf = ({label, note}: Awaited): string => `${label}: ${note}`;

const waitFor =
	(who: Handover['who']) =>
	({label, note}: Awaited): Change => ({action: 'wait', target: label, detail: note, who});

/** Texts that people copy from a terminal: the first that is no note. */
const firstText = ({sections}: Pack): readonly string[] =>
	sections.find(({fileName}) => fileName !== coverFile)?.lines ?? [];

/**
 * Writes papers for another team to the state folder, where this pass may leave traces, and resolves with their folder. That they cannot be
 * written is told, and holds nobody up: the page shows them too.
 */
export const savePapers = async ({pass, host, report}: World, pack: Pack): Promise<string | undefined> => {
	if (pass !== 'apply') return undefined;
	try {
		const {folder, aside} = await host.savePack(pack);
		for (const text of editedWords({edited: [], aside}))
			report({kind: 'line', level: 'warn', text: `${folder}: ${text}`});
		return folder;
	} catch (error) {
		if (isAbort(error)) throw error;
		const {message, cause} = toProblem(error);
		report({kind: 'line', level: 'warn', text: `the papers for the ${pack.who} were not written: ${message} ${cause}`});
		return undefined;
	}
};

/** Waits for other people, whose papers are written; `code` is the problem that it becomes when they do not come. */
export const awaitPeople = async (world: World, handover: Handover, code: LateCode): Promise<Finding> => {
	const folder = await savePapers(world, handover);
	return {
		status: 'waiting',
		handover: {...handover, folder},
		late: (when) =>
			stepProblems.problem(
				code,
				{title: handover.title, who: handover.who, when, missing: missingOf(handover).map(wordsOf).join('; ')},
				{
					who: handover.who,
					nextSteps: nextStepsOf(handover, folder),
					evidence: firstText(handover).slice(0, 12),
				},
			),
	};
};

/** Where the texts are, or what they are called where they are not written. */
export const nextStepsOf = (pack: Pack, folder: string | undefined): readonly string[] =>
	folder === undefined
		? pack.sections.map(({title, fileName}) => `${title} (${fileName})`)
		: [`the files for the ${pack.who} are in ${folder}; begin with ${coverFile}`];

/** What others have to do, as a dry run tells it. */
export const waitsOf = (handover: Pick<Handover, 'awaited' | 'who'>): readonly Change[] =>
	missingOf(handover).map(waitFor(handover.who));

/**
 * Work of other people that is not done: taken for done where the operator may say so and did, told in a dry run, and else waited for.
 */
export const handOver = async (world: World, handover: Handover, code: LateCode): Promise<Finding> => {
	const {acknowledged, pass} = world;
	const missing = missingOf(handover);
	if (acknowledged && handover.acknowledge !== undefined) {
		await savePapers(world, handover);
		if (missing.length === 0) return {status: 'ok', note: 'confirmed by the operator'};
		const all = handover.awaited.length;
		const note = `confirmed by the operator, ${all - missing.length} of ${all} seen`;
		return {status: 'ok', note, warnings: missing.map(wordsOf), keep: {unseen: missing.map(({label}) => label)}};
	}
	if (pass === 'look') return {status: 'todo', changes: waitsOf(handover)};
	return awaitPeople(world, handover, code);
};
