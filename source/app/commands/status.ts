import path from 'node:path';
import {liveHolder} from '../../base/lock.ts';
import {ProblemError} from '../../base/problem.ts';
import {readJournal} from '../../engine/journal.ts';
import {outcomeWords} from '../../engine/reduce.ts';
import type {Context, GlobalOptions} from '../context.ts';
import {journalFile} from '../journal-file.ts';

/** What the last run did, from the journal of this host; asks no server. Exit code 0 when it finished, 130 when it can go on. */
export const runStatus = async (
	{out, hostName}: Context,
	{json}: GlobalOptions,
	stateDirectory: string,
): Promise<number> => {
	const {installSteps} = await import('../../plans/install.ts');
	const file = journalFile(stateDirectory);
	const journal = await readJournal(file);
	if (!journal) {
		throw new ProblemError({
			code: 'no-earlier-run',
			area: 'usage',
			message: 'No install was started with this state folder.',
			cause: `There is no ${file}.`,
			fix: 'Name the folder of the run you mean with --state-dir, or start an install.',
		});
	}
	// A run of some steps only (--until) ends well without being the whole install.
	const whole = installSteps.every(({id}) =>
		journal.steps.some((step) => step.id === id && step.outcome !== undefined),
	);
	const exitCode = journal.outcome === 'done' && whole ? 0 : 130;
	if (json) {
		out(`${JSON.stringify(journal)}\n`);
		return exitCode;
	}
	const holder =
		journal.outcome === undefined ? await liveHolder(path.join(stateDirectory, 'lock'), hostName) : undefined;
	const words =
		journal.outcome === 'done'
			? whole
				? 'finished'
				: 'finished the steps it was asked for'
			: journal.outcome === undefined
				? holder
					? `under way, process ${holder.pid} of ${holder.user} on ${holder.host}`
					: 'killed before its end'
				: journal.outcome;
	out(`run ${journal.runId} on ${journal.host}, ${new Date(journal.savedAt).toISOString()}: ${words}\n`);
	const width = Math.max(...installSteps.map(({title}) => title.length));
	for (const {id, title} of installSteps) {
		const step = journal.steps.find((one) => one.id === id);
		out(
			`  ${title.padEnd(width)}  ${step?.outcome ? outcomeWords[step.outcome] : 'to do'}${step?.note ? `: ${step.note}` : ''}\n`,
		);
	}
	if (exitCode !== 0 && !holder) out('Start the install again: it re-checks the world and goes on.\n');
	return exitCode;
};
