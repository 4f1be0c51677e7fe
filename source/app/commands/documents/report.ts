import type {Context} from '../../base/context.ts';
import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';

type ReportOptions = {readonly stateDir?: string; readonly out?: string};

/** @throws ProblemError `no-earlier-run`, and what of the state cannot be read or written */
const work: Work<ReportOptions> = async (context: Context, options) => {
	const {reportLater} = await import('../../session/later.ts');
	context.out(`${await reportLater(context, options)}\n`);
	return 0;
};

/** `report`: what the last run met, for a ticket, made from the state folder and its log. */
export const report: AddCommand = ({program}, ask) => {
	const command = program
		.command('report')
		.description('a report of the last run for a ticket: problem, surroundings, answers, steps, log; without secrets')
		.option('--state-dir <folder>', 'where state, logs and reports are kept')
		.option('--out <file>', 'a new file to write it to; without it the report is printed');
	withExamples(command, ['zenml-airgap report', 'zenml-airgap report --out report.txt']).action(
		(options: ReportOptions) => ask(work, options),
	);
};
