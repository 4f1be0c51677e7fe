import path from 'node:path';
import {type Holder, liveHolder} from '../../base/lock.ts';
import {type Journal, readJournal} from '../../engine/journal.ts';
import {outcomeWords} from '../../engine/outcome.ts';
import type {Plan} from '../../steps/world.ts';
import {stateDirectoryOf} from '../answers/inputs.ts';
import type {GlobalOptions} from '../base/context.ts';
import {journalFile} from '../base/journal-file.ts';
import {appProblems} from '../base/problems.ts';
import type {AddCommand, Work} from './command.ts';
import {addTopCommand} from './shared-options.ts';

/** A run of some steps only (--until) ends well without being the whole plan. */
const isWhole = ({steps}: Plan, journal: Journal): boolean =>
	steps.every(({id}) => journal.steps.some((step) => step.id === id && step.outcome !== undefined));

const endOf = (journal: Journal, whole: boolean, holder: Holder | undefined): string => {
	if (journal.outcome === 'done') return whole ? 'finished' : 'finished the steps it was asked for';
	if (journal.outcome !== undefined) return journal.outcome;
	return holder ? `under way, process ${holder.pid} of ${holder.user} on ${holder.host}` : 'killed before its end';
};

const stepRow = ({id, title}: Plan['steps'][number], journal: Journal, width: number): string => {
	const step = journal.steps.find((one) => one.id === id);
	const words = step?.outcome ? outcomeWords[step.outcome] : 'to do';
	return `  ${title.padEnd(width)}  ${words}${step?.note ? `: ${step.note}` : ''}`;
};

/** What the last run did, from the journal of this host; asks no server. Exit code 0 when it finished, 130 when it can go on. */
const work: Work<GlobalOptions> = async (context, options) => {
	const {out, hostName} = context;
	const stateDirectory = stateDirectoryOf(context, options);
	const {plans} = await import('../../plans/index.ts');
	const plan = await plans.install();
	const file = journalFile(stateDirectory);
	const journal = await readJournal(file);
	if (!journal) throw appProblems.error('no-earlier-run', {file});
	const whole = isWhole(plan, journal);
	const exitCode = journal.outcome === 'done' && whole ? 0 : 130;
	if (options.json) {
		out(`${JSON.stringify(journal)}\n`);
		return exitCode;
	}
	const isOpen = journal.outcome === undefined;
	const holder = isOpen ? await liveHolder(path.join(stateDirectory, 'lock'), hostName) : undefined;
	const when = new Date(journal.savedAt).toISOString();
	const width = Math.max(...plan.steps.map(({title}) => title.length));
	out(`run ${journal.runId} on ${journal.host}, ${when}: ${endOf(journal, whole, holder)}\n`);
	for (const step of plan.steps) out(`${stepRow(step, journal, width)}\n`);
	if (exitCode !== 0 && !holder) out('Start the install again: it re-checks the world and goes on.\n');
	return exitCode;
};

/** `status`: what the last run on this host did. */
export const status: AddCommand = ({program}, ask) => {
	addTopCommand(program, {name: 'status', description: 'what the last run on this host did'}).action(
		(options: GlobalOptions) => ask(work, options),
	);
};
