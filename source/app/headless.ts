import type {Answers} from '../answers/schema.ts';
import {ProblemError} from '../base/problem.ts';
import {unattended} from '../engine/controls.ts';
import type {Listener} from '../engine/types.ts';
import {jsonReport} from '../report/json.ts';
import {plainReport} from '../report/plain.ts';
import {summaryLines} from '../report/summary.ts';
import type {Context, GlobalOptions} from './context.ts';
import {runInstall} from './run.ts';

type StepChoice = NonNullable<Parameters<typeof runInstall>[0]['from']>;

/** The listener that the options ask for. */
export const listenerFor = ({out}: Context, {json, logLevel}: GlobalOptions): Listener =>
	json ? jsonReport(out) : plainReport(out, {level: logLevel});

/** Problems of answers that nobody is there to type are found before the run. */
const promptedAnswers = (value: unknown, at: string): readonly string[] => {
	if (value === 'prompt') return [at];
	if (value === null || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([key, inner]) => promptedAnswers(inner, at === '' ? key : `${at}.${key}`));
};

/**
 * A run without a screen: plain lines or JSON. Returns the exit code.
 * @throws ProblemError `answers-prompt-without-terminal`, and what `runInstall` refuses.
 */
export const runHeadless = async (
	context: Context,
	options: GlobalOptions,
	run: {
		readonly mode: 'install' | 'plan' | 'verify';
		readonly answers: Answers;
		readonly stateDirectory: string;
		readonly resumeCommand: string;
	},
): Promise<number> => {
	const {answers, mode, stateDirectory, resumeCommand} = run;
	const untold = promptedAnswers(answers, '');
	if (untold.length > 0) {
		throw new ProblemError({
			code: 'answers-prompt-without-terminal',
			area: 'usage',
			message: `${untold.length === 1 ? 'A secret is' : `${untold.length} secrets are`} to be typed, but this run asks nothing.`,
			cause: `"prompt" stands at ${untold.join(', ')}.`,
			fix: 'Put a reference there: env:NAME, file:PATH or k8s:namespace/name/key.',
			answers: untold,
		});
	}
	const report = await runInstall({
		context,
		stateDirectory,
		mode,
		answers,
		prompted: new Map(),
		controls: (acknowledged) =>
			unattended({
				acknowledged: (step) => acknowledged.includes(step),
				handoverLimitMs: answers.network.waitMinutes * 60_000,
			}),
		listeners: [listenerFor(context, options)],
		signal: context.signal,
		...(options.from === undefined ? {} : {from: options.from as StepChoice}),
		...(options.until === undefined ? {} : {until: options.until as StepChoice}),
	});
	const lines = summaryLines(report.state, {
		answers,
		resumeCommand,
		logFile: report.logFile,
		...(report.reportFile === undefined ? {} : {reportFile: report.reportFile}),
	});
	const text = `\n${context.redactor.redact(lines.join('\n'))}\n`;
	// With --json standard output holds events only.
	if (options.json) context.err(text);
	else context.out(text);
	return report.exitCode;
};
