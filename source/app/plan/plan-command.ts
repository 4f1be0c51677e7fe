import type {Pass} from '../../engine/plan.ts';
import type {PlanEntry} from '../../plans/index.ts';
import {completeAnswers, findAnswers, partialAnswers, stateDirectoryOf} from '../answers/inputs.ts';
import type {Context, GlobalOptions} from '../base/context.ts';
import {wantsPlainQuestions} from '../plain/install.ts';
import {runHeadless} from './headless.ts';
import {resumeCommand} from './resume-command.ts';

/** May this run take the whole screen? */
export const wantsScreen = ({screen}: Context, {nonInteractive, plain, json}: GlobalOptions): boolean =>
	screen && !nonInteractive && !plain && !json;

/** A command that goes through a plan: its own name, the plan, and how. */
export type PlanCommand = {readonly name: string; readonly plan: PlanEntry; readonly pass: Pass};

/** Goes through a plan, on the full screen or in lines. Returns the exit code. */
export const runPlanCommand = async (
	context: Context,
	command: PlanCommand,
	options: GlobalOptions,
): Promise<number> => {
	const {plan} = command;
	const stateDirectory = stateDirectoryOf(context, options);
	const source = await findAnswers(context, options, {stateDirectory, plan});
	const session = {
		stateDirectory,
		plan,
		resumeCommand: resumeCommand(context, command.name, options),
		from: options.from,
		until: options.until,
	};
	const screen = wantsScreen(context, options);
	if (command.pass !== 'apply' || !(screen || wantsPlainQuestions(context, options)))
		return runHeadless(context, options, {...session, pass: command.pass, answers: completeAnswers(source)});
	const attended = {...session, loaded: partialAnswers(source), journal: source.journal};
	if (screen) return (await import('../screen/screen.ts')).runScreen(context, attended);
	return (await import('../plain/install.ts')).runPlain(context, options, attended);
};
