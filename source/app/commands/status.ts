import type {Holder} from '../../base/lock/lock.ts';
import {formatMoment} from '../../base/units.ts';
import {isOfItsRun, type Journal, readJournal} from '../../engine/journal.ts';
import {isDone, outcomeWords} from '../../engine/outcome.ts';
import type {Plan} from '../../steps/world.ts';
import {stateDirectoryOf} from '../answers/inputs.ts';
import type {Context, GlobalOptions} from '../base/context.ts';
import {journalFile} from '../base/journal-file.ts';
import {noEarlierRun} from '../base/kept/no-earlier-run.ts';
import {openEndWords} from '../base/kept/open-end.ts';
import {logOf, runLogs} from '../base/kept/run-logs.ts';
import {holderWords, runUnderWay} from '../base/kept/under-way.ts';
import type {AddCommand, Work} from './command.ts';
import {addStateCommand} from './shared-options.ts';

/** A run of some steps only (--until) ends well without being the whole plan. */
const isWhole = ({steps}: Plan, journal: Journal): boolean =>
	steps.every(({id}) => journal.steps.some((step) => step.id === id && isDone(step)));

/** A plan that was gone through, and what is known of its last run. */
type LastRun = {readonly plan: Plan; readonly journal: Journal};

const isFinished = ({plan, journal}: LastRun): boolean => journal.outcome === 'done' && isWhole(plan, journal);

const endOf = (journal: Journal, whole: boolean, holder: Holder | undefined): string => {
	if (journal.outcome === 'done') return whole ? 'finished' : 'finished the steps it was asked for';
	if (journal.outcome !== undefined) return journal.outcome;
	return holder ? `under way, ${holderWords(holder)}` : openEndWords(journal);
};

/** What became of a step in this run; one that it did not reach says nothing of it, whatever an earlier run knew. */
const wordsOf = (id: string, journal: Journal): string => {
	const step = journal.steps.find((one) => one.id === id);
	if (step?.outcome && isOfItsRun(journal, step))
		return `${step.ended ?? outcomeWords[step.outcome]}${step.note ? `: ${step.note}` : ''}`;
	if (journal.problem?.step === id) return `problem: ${journal.problem.code}`;
	if (journal.current === id) return 'begun, not finished';
	return step?.outcome ? `not reached; in an earlier run: ${step.ended ?? outcomeWords[step.outcome]}` : 'not begun';
};

/** What holds a run that is not through, where more is told of it, and how it goes on. */
const restOf = ({plan, journal}: LastRun, log: string | undefined): readonly string[] => {
	const {problem, unfinishedWay, resume, correct} = journal;
	const where = problem?.title ? ` in ${problem.title}` : '';
	const way = unfinishedWay?.command === undefined ? '' : `: ${unfinishedWay.command}`;
	return [
		...(problem ? [`Problem${where} (${problem.code}): ${problem.message}`] : []),
		...(unfinishedWay ? [`Begun and not ended: ${unfinishedWay.label}${way}`] : []),
		...(log === undefined ? [] : [`Log         ${log}`]),
		resume === undefined ? `Start ${plan.id} again: it re-checks the world and goes on.` : `Go on with  ${resume}`,
		...(correct === undefined ? [] : [correct]),
	];
};

/** Tells what the last run of a plan did. */
const tell = async (
	context: Context,
	stateDirectory: string,
	{run, logs}: {readonly run: LastRun; readonly logs: readonly string[]},
): Promise<void> => {
	const {hostName} = context;
	const {tellRows} = await import('../base/wrap.ts');
	const out = tellRows(context);
	const {plan, journal} = run;
	const whole = isWhole(plan, journal);
	const isOpen = journal.outcome === undefined;
	const running = isOpen ? await runUnderWay(stateDirectory, hostName) : undefined;
	const holder = running?.runId === journal.runId ? running : undefined;
	const when = formatMoment(journal.savedAt);
	const width = Math.max(...plan.steps.map(({title}) => title.length));
	out(`${plan.id}: run ${journal.runId} on ${journal.host}, ${when}: ${endOf(journal, whole, holder)}\n`);
	for (const {id, title} of plan.steps) out(`  ${title.padEnd(width)}  ${wordsOf(id, journal)}\n`);
	if (holder || isFinished(run)) return;
	for (const line of restOf(run, logOf(logs, journal.runId))) out(`${line}\n`);
};

/** The last run of every plan that was gone through from this host. */
const lastRuns = async (stateDirectory: string): Promise<readonly LastRun[]> => {
	const {plans} = await import('../../plans/index.ts');
	const runs = await Promise.all(
		Object.values(plans).map(async ({id, load}) => {
			const journal = await readJournal(journalFile(stateDirectory, id));
			return journal ? [{plan: await load(), journal}] : [];
		}),
	);
	return runs.flat();
};

type StatusOptions = Pick<GlobalOptions, 'stateDir' | 'json'>;

/** What the last run did, from the journals of this host; asks no server. Exit code 0 when it finished, 130 when it can go on. */
const work: Work<StatusOptions> = async (context, options) => {
	const stateDirectory = stateDirectoryOf(context, options);
	const [runs, logs] = await Promise.all([lastRuns(stateDirectory), runLogs(stateDirectory)]);
	if (runs.length === 0) throw await noEarlierRun(stateDirectory, 'status');
	for (const run of runs) {
		if (options.json) context.out(`${JSON.stringify(run.journal)}\n`);
		else await tell(context, stateDirectory, {run, logs});
	}
	if (!options.json) await (await import('./status-facts.ts')).tellFacts(context, stateDirectory);
	return runs.every(isFinished) ? 0 : 130;
};

/** `status`: what the last run of each plan on this host did. */
export const status: AddCommand = ({program}, ask) => {
	addStateCommand(program, {
		name: 'status',
		description: 'what the last run of each plan on this host did',
		examples: ['zenml-airgap status', 'zenml-airgap status --json'],
	}).action((options: StatusOptions) => ask(work, options));
};
