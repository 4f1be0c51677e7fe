import {formatMoment} from '../../../base/units.ts';
import {isOfItsRun, type Journal, readJournal} from '../../../engine/journal.ts';
import {isDone} from '../../../engine/outcome.ts';
import {type PlanEntry, plans} from '../../../plans/index.ts';
import {journalFile} from '../journal-file.ts';

/** Something that replaces data, begun from this host and not ended here. */
export type Unfinished = {
	/** The plan whose run it is; undefined for a way that was gone from the problem of another plan. */
	readonly plan: string | undefined;
	/** What it is, with the command that goes on with it. */
	readonly text: string;
	readonly command: string;
};

/** Whether a run came as far as the step from which on servers are stopped and data is replaced. */
const hasBegun = (journal: Journal, {stepIds, replacesFrom}: PlanEntry): boolean => {
	if (replacesFrom === undefined || journal.outcome === 'done') return false;
	const own = journal.steps.filter((step) => isDone(step) && isOfItsRun(journal, step)).map(({id}) => id);
	const reached = [...own, ...(journal.current === undefined ? [] : [journal.current])];
	return reached.some((id) => stepIds.indexOf(id) >= stepIds.indexOf(replacesFrom));
};

const told = (journal: Journal, what: string, command: string): Omit<Unfinished, 'plan'> => {
	const when = formatMoment(journal.startedAt);
	const text = `${what}: begun in the run of ${when} on ${journal.host}, and not ended; servers may be stopped. Go on with it: ${command}`;
	return {text, command};
};

/** A way back from the problem of another plan; one that was gone to its end by its own command since then is over. */
const wayOf = (journal: Journal, back: Journal | undefined): readonly Unfinished[] => {
	const {unfinishedWay: way} = journal;
	const isOver = back?.outcome === 'done' && back.savedAt > journal.savedAt;
	if (!way || isOver) return [];
	return [{plan: undefined, ...told(journal, way.label, way.command ?? `zenml-airgap ${journal.plan}`)}];
};

/**
 * Ways back and restores that were begun from this host and did not come to their end, as the journals of the state folder tell.
 * @param except the plan that is gone through now: of its own last run is told elsewhere
 * @param running the run that is under way, which will come to its end
 * @throws ProblemError `state-unreadable`, `state-newer`, `state-not-ours`
 */
export const unfinishedHere = async (
	stateDirectory: string,
	except: string,
	running?: string,
): Promise<readonly Unfinished[]> => {
	const all: readonly PlanEntry[] = Object.values(plans);
	const read = async ({id}: PlanEntry): Promise<Journal | undefined> => readJournal(journalFile(stateDirectory, id));
	const back = await read(plans.back);
	const found = await Promise.all(
		all.map(async (plan) => {
			const journal = await read(plan);
			if (!journal || journal.runId === running) return [];
			const way = wayOf(journal, back);
			if (!hasBegun(journal, plan)) return way;
			const command = journal.resume ?? `zenml-airgap ${plan.id}`;
			return [{plan: plan.id, ...told(journal, plan.words.unfinished ?? plan.words.start, command)}, ...way];
		}),
	);
	return found.flat().filter(({plan}) => plan !== except);
};
