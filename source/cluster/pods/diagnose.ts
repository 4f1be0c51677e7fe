import type {ComponentPath} from '../../answers/component-path.ts';
import {type Problem, ProblemError} from '../../base/problem.ts';
import type {ObjectApi} from '../objects/types.ts';
import {type Culprit, findCulprit} from './culprit.ts';
import type {Picture} from './picture.ts';
import {warningLines} from './symptoms.ts';

const logLines = 30;

/**
 * Whose pods are looked at. A pod that belongs to no component, such as that of a probe, is mended by no answer of one.
 */
export type Scene = {
	readonly namespace: string;
	readonly component: ComponentPath | undefined;
	readonly signal: AbortSignal;
};

/** The log that tells why a container does not run; that of the run before may be gone already. */
const readLog = async (api: Pick<ObjectApi, 'logs'>, culprit: Culprit, scene: Scene): Promise<readonly string[]> => {
	const {kind, name, symptom} = culprit;
	const {namespace, signal} = scene;
	if (kind !== 'Pod' || !symptom.log) return [];
	const pod = {namespace, name, container: symptom.container};
	const read = (previous: boolean) => api.logs(pod, {tailLines: logLines, previous, signal});
	try {
		const lines = symptom.log === 'previous' ? await read(true) : [];
		return lines.length > 0 ? lines : await read(false);
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		return [`(the log could not be read: ${error.problem.evidence?.[0] ?? error.message})`];
	}
};

/** Commands with which a person looks further. */
const nextStepsFor = ({kind, name, symptom: {log, container}}: Culprit, namespace: string): readonly string[] => {
	const look = `kubectl -n ${namespace} describe ${kind.toLowerCase()} ${name}`;
	if (!log) return [look];
	const which = `${container ? ` -c ${container}` : ''}${log === 'previous' ? ' --previous' : ''}`;
	return [look, `kubectl -n ${namespace} logs ${name}${which}`];
};

/**
 * Why a rollout does not get ready, from pods, events, Jobs, Deployments and logs; undefined when nothing is wrong yet.
 * Never shows values of the environment, only names and the cluster's own words.
 */
export const diagnosePicture = async (
	api: Pick<ObjectApi, 'logs'>,
	picture: Picture,
	scene: Scene,
): Promise<Problem | undefined> => {
	const {namespace, component} = scene;
	const culprit = findCulprit(picture, namespace);
	if (!culprit) return undefined;
	const {message} = culprit.symptom;
	const log = await readLog(api, culprit, scene);
	const told = [...(message ? [message] : []), ...warningLines(picture.events, culprit.kind, culprit.name), ...log];
	return culprit.problem({
		nextSteps: nextStepsFor(culprit, namespace),
		answers: component === undefined ? [] : culprit.answers.map((answer) => `${component}.${answer}`),
		evidence: [...new Set(told)],
	});
};
