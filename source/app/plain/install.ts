import path from 'node:path';
import type {Draft} from '../../answers/draft.ts';
import {serializeAnswers} from '../../answers/save.ts';
import type {Answers} from '../../answers/schema.ts';
import {saveBeside, saveFile} from '../../base/files.ts';
import {isAbort, ProblemError} from '../../base/problem.ts';
import {attended} from '../../engine/controls.ts';
import type {Handover, StepId} from '../../engine/types.ts';
import {plainReport} from '../../report/plain.ts';
import {summaryLines} from '../../report/summary.ts';
import type {PlanView} from '../../ui/session.ts';
import type {Context, GlobalOptions} from '../context.ts';
import {lookAround} from '../found.ts';
import {planViewOf, refusedPlan} from '../plan-view.ts';
import {type RunReport, runInstall} from '../run.ts';
import {answersFile} from '../save-file.ts';
import type {ScreenOptions} from '../screen.ts';
import {createStore} from '../store.ts';
import {typedBefore} from '../typed-before.ts';
import {askAnswers, askTopic, askWord, PlainLeft, plainHelp, reviewLines} from './ask.ts';
import {attendPlainly} from './attend.ts';
import {missingPaths, type PlainScope} from './entries.ts';
import {createPlainLines, type PlainLines} from './lines.ts';
import {foundLines, planLines} from './pages.ts';

/** Is somebody there to be asked line by line, where the full screen is not wanted or not possible? */
export const wantsPlainQuestions = (
	{stdin, stdout}: Pick<Context, 'stdin' | 'stdout'>,
	{nonInteractive, json}: Pick<GlobalOptions, 'nonInteractive' | 'json'>,
): boolean => stdin.isTTY === true && stdout.isTTY === true && !nonInteractive && !json;

/** The installer in lines, for somebody at a terminal without a full screen. Returns the exit code. */
export const runPlain = async (context: Context, options: GlobalOptions, screen: ScreenOptions): Promise<number> => {
	const {redactor, workingDirectory} = context;
	const {stateDirectory, loaded, resumeCommand} = screen;
	const prompted = new Map<string, string>();
	const stop = new AbortController();
	const signal = AbortSignal.any([stop.signal, context.signal]);
	let started = false;
	const raw = createPlainLines({
		input: context.stdin,
		output: context.stdout,
		onInterrupt: () => {
			if (stop.signal.aborted) context.leave(130);
			stop.abort(new Error('the operator asked for it'));
			if (!started) raw.close();
		},
	});
	const lines: PlainLines = {...raw, say: (...all) => raw.say(...all.map((line) => redactor.redact(line)))};
	const closeEarly = (): void => {
		if (!started) raw.close();
	};
	context.signal.addEventListener('abort', closeEarly, {once: true});
	const keepSecret = (at: string, secret: string): void => {
		redactor.register(secret);
		prompted.set(at, secret);
	};
	const saveHandover = async ({id, sections}: Handover): Promise<string> => {
		const folder = path.join(stateDirectory, 'handover', id);
		for (const one of sections) await saveFile(path.join(folder, one.fileName), `${one.lines.join('\n')}\n`);
		return folder;
	};
	const plan = async (answers: Answers): Promise<PlanView> => {
		const store = createStore();
		try {
			const {state} = await runInstall({
				context,
				stateDirectory,
				mode: 'plan',
				answers,
				prompted,
				...(screen.judge ? {judge: screen.judge} : {}),
				controls: (acknowledged) => attended(acknowledged),
				listeners: [store.listener],
				signal,
			});
			return planViewOf(state);
		} catch (error) {
			signal.throwIfAborted();
			return refusedPlan(error);
		}
	};
	/** Questions, review and plan, until it is to be started. */
	const prepare = async (): Promise<{readonly draft: Draft; readonly answers: Answers}> => {
		const {journal, rehearsal, fault} = screen;
		const found = await lookAround(context, loaded.draft, {
			stateDirectory,
			...(journal ? {journal} : {}),
			...(rehearsal ? {rehearsal} : {}),
			...(fault ? {fault} : {}),
		});
		lines.say(...foundLines(found), '', plainHelp);
		const lacking = [...missingPaths(loaded.draft), ...typedBefore(loaded.draft)];
		let scope: PlainScope = loaded.given.length > 0 ? {kind: 'missing', paths: lacking} : {kind: 'all'};
		let {draft} = loaded;
		for (;;) {
			const done = await askAnswers(lines, draft, scope, keepSecret);
			({draft} = done);
			lines.say('', 'Answers', ...reviewLines(draft), '', 'Looking at what will be done. Nothing is changed.');
			lines.say('', 'What will be done', ...planLines(await plan(done.answers)), '');
			let word = await askWord(lines, 'Start?', ['yes', 'no', 'change', 'save']);
			while (word === 'save') {
				lines.say(`Saved: ${await saveBeside(answersFile(workingDirectory), serializeAnswers(draft))}`);
				word = await askWord(lines, 'Start?', ['yes', 'no', 'change', 'save']);
			}
			if (word === 'yes') return done;
			if (word === 'no') throw new PlainLeft();
			scope = await askTopic(lines);
		}
	};
	const run = async (from: {readonly draft: Draft; readonly answers: Answers}): Promise<number> => {
		let {draft, answers} = from;
		started = true;
		const report: RunReport = await runInstall({
			context,
			stateDirectory,
			mode: 'install',
			answers,
			prompted,
			...(screen.judge ? {judge: screen.judge} : {}),
			controls: (acknowledged) => {
				const attendance = attendPlainly({
					lines,
					acknowledged,
					draft: () => draft,
					edited: (newDraft, newAnswers) => {
						draft = newDraft;
						answers = newAnswers;
					},
					keepSecret,
					saveHandover,
				});
				desk = attendance.listener;
				return attendance.controls;
			},
			listeners: [plainReport(context.out, {level: options.logLevel}), (event) => desk?.(event)],
			signal,
			...(options.from === undefined ? {} : {from: options.from as StepId}),
			...(options.until === undefined ? {} : {until: options.until as StepId}),
		});
		const {state, logFile, reportFile} = report;
		const more = {answers, resumeCommand, logFile, ...(reportFile === undefined ? {} : {reportFile})};
		lines.say('', ...summaryLines(state, more));
		return report.exitCode;
	};
	let desk: ReturnType<typeof attendPlainly>['listener'] | undefined;
	try {
		return await run(await prepare());
	} catch (error) {
		if (started) throw error;
		const ended = error instanceof ProblemError && error.problem.code === 'input-ended';
		if (!(error instanceof PlainLeft) && !ended && !(isAbort(error) || signal.aborted)) throw error;
		lines.say('', `Nothing was changed. Start again with: ${resumeCommand}`);
		return error instanceof PlainLeft ? 0 : 130;
	} finally {
		context.signal.removeEventListener('abort', closeEarly);
		raw.close();
	}
};
