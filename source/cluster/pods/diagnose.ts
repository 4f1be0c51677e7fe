import type {ComponentPath} from '../../answers/component-path.ts';
import {printable} from '../../base/printable.ts';
import {type Problem, ProblemError} from '../../base/problem.ts';
import {cutTo, oneLine} from '../../base/text.ts';
import type {ObjectApi} from '../objects/types.ts';
import type {ReadCrash} from '../types.ts';
import {type Culprit, findCulprits} from './culprit.ts';
import type {Picture} from './picture.ts';
import {warningLines} from './symptoms.ts';

/** Lines of a log that are shown, and that are read: a traceback of the product's server has 260 to 530. */
const [shownLines, logLines] = [30, 1000];

/** Pods that ended whose logs are read: those of one rollout end alike. */
const mostLogs = 4;

/**
 * Whose pods are looked at. A pod that belongs to no component, such as that of a probe, is mended by no answer of one.
 */
export type Scene = {
	readonly namespace: string;
	readonly component: ComponentPath | undefined;
	readonly only?: ReadonlySet<string> | undefined;
	readonly readCrash?: ReadCrash | undefined;
	readonly signal: AbortSignal;
};

/** Last lines of a log that a cause holds, and the most characters of each. */
const [causeLines, causeCharacters] = [2, 200];

/** Lines of a log, and why there are none where it could not be read. */
type Log = {readonly lines: readonly string[]; readonly unread?: string};

const noLog: Log = {lines: []};

/** The end of a log in one line; the last lines are mostly what counts. */
const lastWordsOf = ({lines}: Log): string | undefined => {
	const said = lines.map((line) => printable(oneLine(line))).filter((line) => line !== '');
	const last = said.slice(-causeLines).map((line) => cutTo(line, causeCharacters));
	return last.length === 0 ? undefined : last.join(' / ');
};

/** The log that tells why a container does not run; that of the run before may be gone already. */
const readLog = async (api: Pick<ObjectApi, 'logs'>, culprit: Culprit, scene: Scene): Promise<Log> => {
	const {kind, name, symptom} = culprit;
	const {namespace, signal} = scene;
	if (kind !== 'Pod' || !symptom.log) return noLog;
	const pod = {namespace, name, container: symptom.container};
	const read = (previous: boolean) => api.logs(pod, {tailLines: logLines, previous, signal});
	try {
		const lines = symptom.log === 'previous' ? await read(true) : [];
		return {lines: lines.length > 0 ? lines : await read(false)};
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		return {...noLog, unread: `(the log could not be read: ${error.problem.evidence?.[0] ?? error.message})`};
	}
};

/** Commands with which a person looks further. */
const nextStepsFor = ({kind, name, symptom: {log, container}}: Culprit, namespace: string): readonly string[] => {
	const look = `kubectl -n ${namespace} describe ${kind.toLowerCase()} ${name}`;
	if (!log) return [look];
	const which = `${container ? ` -c ${container}` : ''}${log === 'previous' ? ' --previous' : ''}`;
	return [look, `kubectl -n ${namespace} logs ${name}${which}`];
};

/** What the cluster itself tells of a culprit, with the end of its log. */
const toldBy = (culprit: Culprit, {events}: Picture, {namespace, component}: Scene, log: Log) => {
	const {message} = culprit.symptom;
	const {lines, unread} = log;
	const warnings = warningLines(events, culprit.kind, culprit.name);
	const more = {
		nextSteps: nextStepsFor(culprit, namespace),
		answers: component === undefined ? [] : culprit.answers.map((answer) => `${component}.${answer}`),
		evidence: [
			...new Set([
				...(message ? [message] : []),
				...warnings,
				...lines.slice(-shownLines),
				...(unread ? [unread] : []),
			]),
		],
	};
	return culprit.problem(more, lastWordsOf(log));
};

/** The cause that the program itself told before it ended, with what the cluster tells below. */
const readCrash = (culprit: Culprit, told: Problem, {readCrash: read}: Scene, {lines}: Log) => {
	const {name, job, symptom} = culprit;
	// A container that ran out of memory was not asked for last words.
	if (symptom.exitCode === undefined || symptom.oomKilled) return undefined;
	const problem = read?.(lines, {pod: name, job});
	if (!problem) return undefined;
	const evidence = [...new Set([...(problem.evidence ?? []), ...(told.evidence ?? [])])];
	return {...problem, nextSteps: [...problem.nextSteps, ...told.nextSteps], evidence};
};

const inScope = (picture: Picture, only: Scene['only']): Picture =>
	only === undefined ? picture : {...picture, pods: picture.pods.filter(({metadata}) => only.has(metadata.name))};

/**
 * Why a rollout does not get ready, from pods, events, Jobs, Deployments and logs; undefined when nothing is wrong yet.
 * What a program says of its end comes before the bare fact that it ended. Never shows values of the environment, only names and
 * the cluster's own words.
 */
export const diagnosePicture = async (
	api: Pick<ObjectApi, 'logs'>,
	picture: Picture,
	scene: Scene,
): Promise<Problem | undefined> => {
	const seen = inScope(picture, scene.only);
	const culprits = findCulprits(seen, scene.namespace);
	const [first] = culprits;
	if (!first) return undefined;
	const ended = culprits.filter(({symptom}) => symptom.exitCode !== undefined && symptom.log !== undefined);
	const told = toldBy(first, seen, scene, await readLog(api, first, scene));
	if (scene.readCrash === undefined) return told;
	for (const culprit of ended.slice(0, mostLogs)) {
		const log = await readLog(api, culprit, scene);
		const cause = readCrash(culprit, toldBy(culprit, seen, scene, log), scene, log);
		if (cause) return cause;
	}
	return told;
};
