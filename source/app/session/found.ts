import {stat} from 'node:fs/promises';
import path from 'node:path';
import {type Draft, defaultAt, getAt, type PathLike} from '../../answers/draft.ts';
import {printable} from '../../base/printable.ts';
import {messagesOf} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import type {Bundle} from '../../bundle/types.ts';
import {isOfItsRun, type Journal} from '../../engine/journal.ts';
import {isDone} from '../../engine/outcome.ts';
import type {PlanEntry} from '../../plans/index.ts';
import type {Found} from '../../ui/state/session.ts';
import type {FoundDraft} from '../answers/kept-draft.ts';
import type {Context} from '../base/context.ts';
import {openEndWords} from '../base/kept/open-end.ts';
import {holderWords, runUnderWay} from '../base/kept/under-way.ts';
import {unfinishedHere} from '../base/kept/unfinished.ts';
import {childEnvironment} from '../run/child-environment.ts';

/** Longest wait for a cluster at the welcome page, ms. */
const clusterMs = 5000;

const slow = `the cluster did not answer within ${clusterMs / 1000} s`;

const textAt = (draft: Draft, at: PathLike): string | undefined => {
	const value = getAt(draft, at);
	return typeof value === 'string' ? value : undefined;
};

const textOrDefault = (draft: Draft, at: PathLike): string => textAt(draft, at) ?? String(defaultAt(at));

const bundleFile = ({workingDirectory}: Context, draft: Draft): string =>
	path.resolve(workingDirectory, textOrDefault(draft, 'bundle.path'));

/** The bundle that a draft names, opened for its platform. @throws ProblemError */
export const openBundleOf = async (context: Context, draft: Draft, stateDirectory: string): Promise<Bundle> => {
	const {createBundlePort} = await import('../../bundle/open/bundle.ts');
	return createBundlePort({
		path: bundleFile(context, draft),
		platform: textOrDefault(draft, 'bundle.platform'),
		workDirectory: path.join(stateDirectory, 'charts'),
	}).open(context.signal);
};

/** The bundle that a draft names, opened. Never throws. */
export const findBundle = async (context: Context, draft: Draft, stateDirectory: string): Promise<Found['bundle']> => {
	const file = bundleFile(context, draft);
	if (!(await stat(file).catch(() => undefined)))
		return {path: file, ok: false, text: 'there is no such file or folder yet'};
	try {
		const bundle = await openBundleOf(context, draft, stateDirectory);
		return {
			path: file,
			ok: true,
			text: printable(
				`${counted(bundle.images.length, 'image')}, zenml-pro ${bundle.controlPlaneChart.version}, zenml ${bundle.workspaceChart.version}`,
			),
		};
	} catch (error) {
		return {path: file, ok: false, text: messagesOf(error)};
	}
};

/** The cluster that a draft leads to, asked for its version within 5 s. Never throws. */
export const findCluster = async (context: Context, draft: Draft): Promise<Found['kubeconfig']> => {
	const kubeconfig = textAt(draft, 'kubernetes.kubeconfig');
	const wanted = textAt(draft, 'kubernetes.context');
	const shown = {
		path: kubeconfig ?? context.environment.KUBECONFIG ?? path.join(context.homeDirectory, '.kube', 'config'),
		context: wanted ?? '',
	};
	const {createCluster} = await import('../../cluster/cluster.ts');
	const cluster = createCluster({
		...(kubeconfig === undefined ? {} : {kubeconfig}),
		...(wanted === undefined ? {} : {context: wanted}),
		homeDirectory: context.homeDirectory,
		environment: childEnvironment(context.environment, draft),
		onSecret: context.redactor.register,
	});
	const late = AbortSignal.timeout(clusterMs);
	try {
		const version = await cluster.version(AbortSignal.any([context.signal, late]));
		return {...shown, server: cluster.server, ok: true, text: printable(`Kubernetes ${version} at ${cluster.server}`)};
	} catch (error) {
		return {...shown, server: cluster.server, ok: false, text: late.aborted ? slow : messagesOf(error)};
	}
};

const endOf = (journal: Journal): string => {
	const {outcome, problem} = journal;
	if (outcome === 'done') return 'finished';
	if (outcome === 'failed' && problem) return `failed${problem.title ? ` in ${problem.title}` : ''} (${problem.code})`;
	return outcome ?? openEndWords(journal);
};

const earlierOf = ({journal, plan}: FoundContext, running: string | undefined): Pick<Found, 'earlier'> => {
	// What is under way has no end yet.
	if (!journal || journal.runId === running) return {};
	const done = journal.steps.filter((step) => isDone(step) && isOfItsRun(journal, step)).length;
	const finished = journal.outcome === 'done';
	return {
		earlier: {
			text: `it ${endOf(journal)}, ${done} of ${counted(plan.stepIds.length, 'step')} done; every step is checked again`,
			finished,
			resumable: !finished,
			at: journal.savedAt,
		},
	};
};

/** What is known before anybody looks around. */
export type FoundContext = {
	readonly stateDirectory: string;
	readonly plan: Pick<PlanEntry, 'id' | 'stepIds'>;
	readonly journal?: Journal | undefined;
	/** Lines about the rehearsal; present when this is one. */
	readonly rehearsal?: readonly string[] | undefined;
	/** The fault that the rehearsal plays, in lines. */
	readonly fault?: readonly string[] | undefined;
	/** How somebody who rehearses reminds those whom a hand-over waits for, by step. */
	readonly reminders?: Readonly<Record<string, string>> | undefined;
	/** What is to be said of answers that an earlier sitting left. */
	readonly unfinished?: Pick<FoundDraft, 'fault'> | undefined;
};

/** What was begun and has not ended. A journal that cannot be read is told by the run that it belongs to, and by the plan. */
const findUnfinished = async (
	{stateDirectory, plan}: FoundContext,
	running: string | undefined,
): Promise<readonly string[]> => {
	try {
		return (await unfinishedHere(stateDirectory, plan.id, running)).map(({text}) => text);
	} catch (error) {
		return [messagesOf(error)];
	}
};

/** The run that is under way in this state folder: its id, and a sentence that says whose it is. A lock that cannot be read is told. */
const findRunning = async (
	{hostName}: Context,
	{stateDirectory}: FoundContext,
): Promise<{readonly runId?: string; readonly text?: string}> => {
	try {
		const holder = await runUnderWay(stateDirectory, hostName);
		if (!holder) return {};
		const text = `A run is under way in this state folder: ${holderWords(holder)}. No other can be started before it has ended.`;
		return {runId: holder.runId, text};
	} catch (error) {
		return {text: messagesOf(error)};
	}
};

/**
 * Looks around before the first question: bundle, cluster, an earlier run. Never throws. What reads them is loaded now, behind the first
 * frame of the screen.
 */
export const lookAround = async (context: Context, draft: Draft, found: FoundContext): Promise<Found> => {
	const {stateDirectory, rehearsal, fault = [], reminders, unfinished} = found;
	const running = await findRunning(context, found);
	const [bundle, kubeconfig, begun] = await Promise.all([
		findBundle(context, draft, stateDirectory),
		findCluster(context, draft),
		findUnfinished(found, running.runId),
	]);
	const lines = [...(rehearsal ?? []), ...(unfinished?.fault === undefined ? [] : [unfinished.fault])];
	return {
		bundle,
		kubeconfig,
		running: running.text,
		...earlierOf(found, running.runId),
		unfinished: begun,
		rehearsal: rehearsal !== undefined,
		fault,
		reminders,
		lines,
	};
};
