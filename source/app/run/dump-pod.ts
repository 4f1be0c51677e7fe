import type {Answers} from '../../answers/schema.ts';
import {ProblemError} from '../../base/problem.ts';
import {clientToolsOf} from '../../bundle/layout/client-tools.ts';
import type {BundlePort} from '../../bundle/types.ts';
import {tolerationsOf} from '../../charts/index.ts';
import type {ClusterPort, ToolPod} from '../../cluster/types.ts';
import {createPodRunner, type PodPrograms, type ProgramsImage} from '../../database/dump/index.ts';
import type {DatabaseEngine} from '../../database/types.ts';
import {namingToolsImage} from '../../steps/backup/tools-image.ts';
import {referenceOf} from '../../steps/shared/names.ts';

const [minute, hour] = [60_000, 60 * 60_000];

/** How long the pod may take to start, and how long one dump or restore may take, ms. */
const [startMs, lifeMs] = [5 * minute, 12 * hour];

/** Compressing takes a processor, and pg_dump keeps a row and the list of tables in memory. */
const resources = {requests: {cpu: '250m', memory: '128Mi'}, limits: {cpu: '2', memory: '1Gi'}};

/** Files with logins lie in the pod's memory of files, and nothing else. */
const scratch = {path: '/tmp', sizeLimit: '16Mi'};

const podOf = ({registry, controlPlane}: Answers, image: string, number: number): ToolPod => ({
	namespace: controlPlane.namespace,
	// Pods of one name make way for each other: those of a killed run go, those beside this one must not.
	name: `zenml-airgap-dump-${number}`,
	image,
	pullSecret: registry.username === undefined ? undefined : registry.pullSecretName,
	podSecurityContext: controlPlane.podSecurityContext,
	scheduling: {nodeSelector: controlPlane.nodeSelector, tolerations: tolerationsOf(controlPlane.tolerations)},
	env: {},
	startMs,
	lifeMs,
	resources,
	scratch,
});

/** Numbers for what is at work at the same time, from 0 on. */
const createNumbers = () => {
	const taken = new Set<number>();
	return {
		take: (): number => {
			let number = 0;
			while (taken.has(number)) number += 1;
			taken.add(number);
			return number;
		},
		give: (number: number): void => void taken.delete(number),
	};
};

/** The image of the answers, else that of the bundle, where an install has pushed it. */
const imageOf = async (
	{open}: Pick<BundlePort, 'open'>,
	answers: Answers,
	asked: {readonly engine: DatabaseEngine; readonly signal: AbortSignal},
): Promise<ProgramsImage> => {
	const {toolsImage} = answers.backup;
	if (toolsImage !== undefined) return {image: toolsImage};
	try {
		const image = clientToolsOf(await open(asked.signal), asked.engine);
		return image ? {image: referenceOf(answers, image)} : {};
	} catch (error) {
		// A backup outlives the bundle that it was installed from: the host's programs, or the answers, will do as well.
		if (!(error instanceof ProblemError)) throw error;
		return {unreadable: `${error.problem.message} ${error.problem.cause}`};
	}
};

/** The programs of pods in the control plane's namespace. The bundle is opened only where the answers name no image. */
export const dumpPods = (
	cluster: Pick<ClusterPort, 'withToolPod' | 'exec'>,
	bundle: Pick<BundlePort, 'open'>,
	answers: Answers,
): PodPrograms => {
	const numbers = createNumbers();
	return {
		image: (engine, signal) => imageOf(bundle, answers, {engine, signal}),
		lend: (image) => async (work, signal) => {
			const number = numbers.take();
			try {
				return await cluster.withToolPod(
					podOf(answers, image, number),
					(place) => work(createPodRunner((order) => cluster.exec({...place, ...order}))),
					signal,
				);
			} catch (error) {
				throw error instanceof ProblemError ? error.with(namingToolsImage(answers, error.problem)) : error;
			} finally {
				numbers.give(number);
			}
		},
	};
};
