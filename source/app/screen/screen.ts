import {exitCodes, type Problem} from '../../base/problem.ts';
import {formatProblem} from '../../report/format.ts';
import {keptWords} from '../answers/kept-draft.ts';
import type {Context} from '../base/context.ts';
import {inRows} from '../base/wrap.ts';
import type {AttendedOptions} from '../session/attended.ts';
import type {Session} from '../session/session.ts';
import {takeOver} from './quiet.ts';
import {createScreenSession, type Ended} from './screen-session.ts';

/** `off` leaves the mouse wheel to the terminal. */
const wheelSetting = 'ZENML_AIRGAP_WHEEL';

/** A start that was refused (another run holds the lock) is told again where it stays, with its exit code. */
const tellRefused = ({out, redactor}: Context, found: Problem): number => {
	out(`${redactor.redact(formatProblem(redactor.redactDeep(found)).join('\n'))}\n`);
	return exitCodes[found.area];
};

/** The operator left before anything was started. */
const leftBefore = async (
	context: Context,
	{ended, shared}: ReturnType<typeof createScreenSession>,
	resume: string,
): Promise<number> => {
	await ended.run;
	if (ended.refused) return tellRefused(context, ended.refused);
	const kept = keptWords(await shared.unfinished.kept());
	context.out([`Nothing was changed. Start again with: ${resume}`, ...kept, ''].join('\n'));
	return context.signal.aborted ? 130 : 0;
};

const leftAtOnce = async (context: Context, {waited = false}: Ended, resume: string): Promise<number> => {
	const tell = inRows(context.out, context.stdout);
	const left = waited ? 'Nothing was being written.' : 'What was under way may be half done.';
	tell(`Stopped at once. ${left} The next run looks at everything again.\n`);
	tell(`Go on with  ${resume}\n`);
	await context.leave(130);
	return 130;
};

/** The screen may go first, with the terminal; the run still comes to its safe point. */
const afterRun = async (context: Context, ended: Ended, shared: Session): Promise<number> => {
	await ended.run;
	if (ended.refused) return tellRefused(context, ended.refused);
	if (!ended.report) return 130;
	inRows(context.out, context.stdout)(`${shared.summary(ended.report)}\n`);
	return ended.report.exitCode;
};

/** A plan on the full screen. Returns the exit code; the summary is printed when the screen is gone. */
export const runScreen = async (context: Context, options: AttendedOptions): Promise<number> => {
	const behind = createScreenSession(context, options);
	const {session, ended, shared} = behind;
	// Only here, so that no run without a screen ever loads Ink.
	const {runApp, multiplexerOf} = await import('../../ui/index.tsx');
	const {stdin, stdout, signal, ascii, color, signals, environment} = context;
	const background = await takeOver(context, options.onScreen);
	const multiplexer = multiplexerOf(environment);
	const wheel = environment[wheelSetting] !== 'off';
	const look = {ascii, color, background, signals, multiplexer, wheel};
	const result = await runApp(session, {stdin, stdout, signal, ...look});
	if (result.ended === 'quit') return leftBefore(context, behind, options.resumeCommand);
	if (ended.insisted) return leftAtOnce(context, ended, options.resumeCommand);
	return afterRun(context, ended, shared);
};
