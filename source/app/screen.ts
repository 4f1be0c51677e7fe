import path from 'node:path';
import type {LoadedDraft} from '../answers/load.ts';
import {resolvePaths} from '../answers/resolve-paths.ts';
import {serializeAnswers} from '../answers/save.ts';
import type {Answers} from '../answers/schema.ts';
import {saveBeside, saveFile} from '../base/files.ts';
import {exitCodes, type Problem, toProblem} from '../base/problem.ts';
import {type AttendedControls, attended} from '../engine/controls.ts';
import type {Journal} from '../engine/journal.ts';
import type {Handover, RunState, StepId} from '../engine/types.ts';
import {acceptanceReport} from '../report/acceptance.ts';
import {formatProblem} from '../report/format.ts';
import {passwordLines, summaryLines} from '../report/summary.ts';
import {urlOf} from '../steps/shared/names.ts';
import type {Session} from '../ui/session.ts';
import type {Context, GlobalOptions} from './context.ts';
import {lookAround} from './found.ts';
import {planViewOf, refusedPlan} from './plan-view.ts';
import {type RunReport, runInstall} from './run.ts';
import {answersFile} from './save-file.ts';
import {createStore} from './store.ts';
import {typedBefore} from './typed-before.ts';

/** Longest time the screen may take to go when the operator leaves at once, ms. */
const screenDownMs = 1000;

export type ScreenOptions = {
	readonly stateDirectory: string;
	readonly loaded: LoadedDraft;
	readonly journal?: Journal;
	/** Lines about the rehearsal; present when this is one. */
	readonly rehearsal?: readonly string[];
	/** The fault that the rehearsal plays, in lines; absent or empty without one. */
	readonly fault?: readonly string[];
	readonly resumeCommand: string;
	/** Refuses answers that must not be worked with, by throwing a ProblemError. */
	readonly judge?: (answers: Answers) => void;
};

/** What is next after a run, in the words that are printed when the screen is gone. */
export const nextOf = (run: RunState, answers: Answers | undefined, resume: string): readonly string[] => {
	if (run.outcome !== 'done') return [`Go on with: ${resume}`];
	const verified = run.steps.some(({id, status}) => id === 'verification' && status === 'done');
	if (!verified || !answers) return [];
	const login = passwordLines(answers).map((line) => line.trim());
	return [
		`Log in to the dashboard as ${answers.controlPlane.admin.username}.`,
		...(login.length > 0 ? [login.join('\n')] : []),
	];
};

/** The session behind the screens, and what became of its run; works without a screen. */
export const createSession = (context: Context, options: GlobalOptions, screen: ScreenOptions) => {
	const {stateDirectory, loaded} = screen;
	const {clock, redactor} = context;
	const prompted = new Map<string, string>();
	const store = createStore();
	const stop = new AbortController();
	const ended: {
		report?: RunReport;
		answers?: Answers;
		run?: Promise<unknown>;
		refused?: Problem;
		insisted?: boolean;
	} = {};
	let controls: AttendedControls<Answers> | undefined;
	/** Paths that were typed start at the folder the operator is in. */
	const settle = (answers: Answers): Answers =>
		resolvePaths(answers, {baseDirectory: context.workingDirectory, homeDirectory: context.homeDirectory});
	const stamp = (): string => new Date(clock.now()).toISOString().replaceAll(/[:.]/gu, '-');
	const session: Session = {
		version: context.version,
		now: clock.now,
		draft: loaded.draft,
		given: loaded.given,
		untyped: typedBefore(loaded.draft),
		found: async () =>
			lookAround(context, loaded.draft, {
				stateDirectory,
				...(screen.journal ? {journal: screen.journal} : {}),
				...(screen.rehearsal ? {rehearsal: screen.rehearsal} : {}),
				...(screen.fault ? {fault: screen.fault} : {}),
			}),
		keepSecret: (at, value) => {
			redactor.register(value);
			prompted.set(at, value);
		},
		plan: async (answers, signal, onProgress) => {
			const plan = createStore();
			try {
				await runInstall({
					context,
					stateDirectory,
					mode: 'plan',
					answers: settle(answers),
					prompted,
					...(screen.judge ? {judge: screen.judge} : {}),
					controls: (acknowledged) => attended(acknowledged),
					listeners: [
						plan.listener,
						(event) => {
							const state = plan.getState();
							if (event.type !== 'step-started' || !state) return;
							const index = state.steps.findIndex(({id}) => id === event.step);
							onProgress({title: state.steps[index]?.title ?? '', index, count: state.steps.length});
						},
					],
					signal: AbortSignal.any([signal, context.signal]),
				});
			} catch (error) {
				signal.throwIfAborted();
				return refusedPlan(error);
			}
			return planViewOf(plan.getState() as RunState);
		},
		start: async (typed) => {
			const answers = settle(typed);
			ended.answers = answers;
			const running = runInstall({
				context,
				stateDirectory,
				mode: 'install',
				answers,
				prompted,
				...(screen.judge ? {judge: screen.judge} : {}),
				controls: (acknowledged) => {
					controls = attended(acknowledged);
					return controls;
				},
				listeners: [store.listener],
				signal: AbortSignal.any([stop.signal, context.signal]),
				...(options.from === undefined ? {} : {from: options.from as StepId}),
				...(options.until === undefined ? {} : {until: options.until as StepId}),
			}).then((report) => {
				ended.report = report;
			});
			delete ended.refused;
			ended.run = running.catch((error: unknown) => {
				ended.refused = toProblem(error);
			});
			await running;
		},
		run: store,
		decide: (decided) => {
			if (decided.decision !== 'edit') return controls?.answer(decided);
			ended.answers = settle(decided.answers);
			controls?.answer({...decided, answers: ended.answers});
		},
		acknowledge: (step) => controls?.acknowledge(step),
		checkNow: () => controls?.nudge(),
		stop: (when) => {
			stop.abort(new Error(when === 'safe' ? 'the operator asked for it' : 'the operator insisted'));
			if (when === 'safe') return;
			ended.insisted = true;
			// The screen is taken down first, so that a last word can be read; a terminal that hangs does not hold us.
			setTimeout(() => context.leave(130), screenDownMs).unref();
		},
		saveAnswers: async (draft) => saveBeside(answersFile(context.workingDirectory), serializeAnswers(draft)),
		saveReport: async () => {
			const state = store.getState();
			const lines =
				state && ended.answers
					? [
							...acceptanceReport(state, ended.answers),
							...state.log.map(
								({at, step, level, text}) => `${new Date(at).toISOString()} ${level} ${step ?? ''} ${text}`,
							),
						]
					: [];
			return saveFile(
				path.join(stateDirectory, 'reports', `report-${stamp()}.txt`),
				redactor.redact(`${lines.join('\n')}\n`),
			);
		},
		saveHandover: async (handover: Handover) => {
			const folder = path.join(stateDirectory, 'handover', handover.id);
			for (const {fileName, lines} of handover.sections)
				await saveFile(path.join(folder, fileName), `${lines.join('\n')}\n`);
			return folder;
		},
		summary: (run) => {
			const answers = ended.answers;
			const servers = answers
				? [
						{label: 'Dashboard', host: answers.controlPlane.host},
						...answers.workspaces.map(({name, host}) => ({label: `Workspace ${name}`, host})),
					]
				: [];
			return {
				urls: answers ? servers.map(({label, host}) => ({label, url: urlOf(answers, host)})) : [],
				next: nextOf(run, answers, screen.resumeCommand),
				files: [ended.report?.reportFile, ended.report?.logFile].flatMap((file) => file ?? []),
			};
		},
	};
	return {session, ended};
};

/** The installer on the full screen. Returns the exit code; the summary is printed when the screen is gone. */
export const runScreen = async (context: Context, options: GlobalOptions, screen: ScreenOptions): Promise<number> => {
	const {session, ended} = createSession(context, options, screen);
	// Only here, so that no run without a screen ever loads Ink.
	const {runApp} = await import('../ui/index.tsx');
	const result = await runApp(session, {
		stdin: context.stdin,
		stdout: context.stdout,
		signal: context.signal,
		ascii: context.ascii,
		color: context.color,
	});
	// A start that was refused (another run holds the lock) is told again where it stays, with its exit code.
	const refused = (found: Problem): number => {
		context.out(`${context.redactor.redact(formatProblem(context.redactor.redactDeep(found)).join('\n'))}\n`);
		return exitCodes[found.area];
	};
	if (result.ended === 'quit') {
		await ended.run;
		if (ended.refused) return refused(ended.refused);
		context.out(`Nothing was changed. Start again with: ${screen.resumeCommand}\n`);
		return context.signal.aborted ? 130 : 0;
	}
	if (ended.insisted) {
		context.out(
			`Stopped at once. What was under way may be half done; the next run looks at everything again.\nGo on with  ${screen.resumeCommand}\n`,
		);
		return context.leave(130);
	}
	// The screen may go first, with the terminal; the run still comes to its safe point.
	await ended.run;
	const {report, answers} = ended;
	if (ended.refused) return refused(ended.refused);
	if (!report) return 130;
	const lines = summaryLines(report.state, {
		...(answers ? {answers} : {}),
		resumeCommand: screen.resumeCommand,
		logFile: report.logFile,
		...(report.reportFile === undefined ? {} : {reportFile: report.reportFile}),
	});
	context.out(`${context.redactor.redact(lines.join('\n'))}\n`);
	return report.exitCode;
};
