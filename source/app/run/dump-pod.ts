import type {Answers} from '../../answers/schema.ts';
import {tolerationsOf} from '../../charts/index.ts';
import type {ClusterPort, ToolPod} from '../../cluster/types.ts';
import {createPodRunner, type LendPrograms} from '../../database/dump/index.ts';

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

/** The programs of a pod in the control plane's namespace, from the image of the answers; undefined where they name none. */
export const dumpPods = (
	cluster: Pick<ClusterPort, 'withToolPod' | 'exec'>,
	answers: Answers,
): LendPrograms | undefined => {
	const {toolsImage} = answers.backup;
	if (toolsImage === undefined) return undefined;
	const numbers = createNumbers();
	return async (work, signal) => {
		const number = numbers.take();
		try {
			return await cluster.withToolPod(
				podOf(answers, toolsImage, number),
				(place) => work(createPodRunner((order) => cluster.exec({...place, ...order}))),
				signal,
			);
		} finally {
			numbers.give(number);
		}
	};
};
