import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {ProblemError} from '../base/problem.ts';
import type {ObjectApi} from './api.ts';
import {diagnosePicture, findCulprit, takePicture} from './diagnose.ts';
import {isStuck} from './reasons.ts';
import type {ContainerStatus, Pod} from './symptoms.ts';
import type {ClusterPort, KubeObject, PodProbe} from './types.ts';

/** Pauses between looks at a probe; the last one repeats. Most probes end at once, and an installer makes several. */
const pollsMs = [50, 50, 100, 100, 200, 200, 500] as const;
const removalMs = 20_000;
const outputLines = 200;
const managedBy = 'app.kubernetes.io/managed-by';
const instance = 'app.kubernetes.io/instance';

/** The Job of a probe: one pod, one try, no rights, gone by itself even when nobody deletes it. */
export const probeJob = (probe: PodProbe, name: string): KubeObject => {
	const labels = {[managedBy]: 'zenml-airgap', [instance]: name};
	const annotations = {'zenml-airgap.io/probe': probe.name};
	const seconds = Math.ceil(probe.timeoutMs / 1000);
	return {
		apiVersion: 'batch/v1',
		kind: 'Job',
		metadata: {name, namespace: probe.namespace, labels, annotations},
		spec: {
			backoffLimit: 0,
			activeDeadlineSeconds: Math.max(seconds, 1),
			ttlSecondsAfterFinished: 300,
			template: {
				metadata: {labels, annotations},
				spec: {
					restartPolicy: 'Never',
					automountServiceAccountToken: false,
					enableServiceLinks: false,
					terminationGracePeriodSeconds: 1,
					...(probe.pullSecret && {imagePullSecrets: [{name: probe.pullSecret}]}),
					securityContext: {
						runAsNonRoot: true,
						runAsUser: 1000,
						runAsGroup: 1000,
						seccompProfile: {type: 'RuntimeDefault'},
					},
					containers: [
						{
							name: 'probe',
							image: probe.image,
							command: ['python3', '-c', probe.script],
							env: [
								...Object.entries(probe.env).map(([key, value]) => ({name: key, value})),
								...Object.entries(probe.secretEnv ?? {}).map(([key, {secret, key: at}]) => ({
									name: key,
									valueFrom: {secretKeyRef: {name: secret, key: at}},
								})),
							],
							resources: {requests: {cpu: '50m', memory: '64Mi'}, limits: {cpu: '500m', memory: '256Mi'}},
							securityContext: {
								allowPrivilegeEscalation: false,
								readOnlyRootFilesystem: true,
								capabilities: {drop: ['ALL']},
							},
						},
					],
				},
			},
		},
	};
};

const terminated = (pod: Pod): ContainerStatus['state'] =>
	pod.status?.containerStatuses?.find(({name, state}) => name === 'probe' && state?.terminated)?.state;

/**
 * Runs a probe and removes it, also after a failure or an abort. @throws ProblemError: why its pod cannot start
 * (codes of the reasons tables), `probe-timeout`, or what the API server refuses.
 */
export const createProbe =
	(api: ObjectApi): ClusterPort['probe'] =>
	async (probe) => {
		const {namespace, signal} = probe;
		const name = `${probe.name.slice(0, 50)}-${randomBytes(3).toString('hex')}`;
		const selector = `${instance}=${name}`;
		const job = {apiVersion: 'batch/v1', kind: 'Job', namespace, name};
		const run = async () => {
			await api.create(probeJob(probe, name), signal);
			const end = Date.now() + probe.timeoutMs;
			for (let look = 0; ; look += 1) {
				const picture = await takePicture(api, namespace, selector, signal);
				for (const pod of picture.pods) {
					const exitCode = terminated(pod)?.terminated?.exitCode;
					if (exitCode === undefined) continue;
					const container = {namespace, name: pod.metadata.name, container: 'probe'};
					return {exitCode, output: await api.logs(container, {tailLines: outputLines, signal})};
				}
				const culprit = findCulprit(picture);
				const late = Date.now() >= end;
				if (culprit && (late || isStuck(culprit.row, culprit.symptom))) {
					const found = await diagnosePicture(api, picture, namespace, signal);
					if (found) throw new ProblemError(found);
				}
				if (late) throw timeoutProblem(probe, picture.pods[0]);
				await sleep(pollsMs[Math.min(look, pollsMs.length - 1)], undefined, {signal});
			}
		};
		const remove = async (): Promise<void> => {
			const own = AbortSignal.timeout(removalMs);
			await api.delete(job, own);
			// The garbage collector does this too, but only when it gets round to it.
			const pods = await api.list({apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: selector}, own);
			for (const {metadata} of pods)
				await api.delete({apiVersion: 'v1', kind: 'Pod', namespace, name: metadata.name}, own);
		};
		let result: Awaited<ReturnType<typeof run>>;
		try {
			result = await run();
		} catch (error) {
			// The first failure is the one to tell; what could not be removed ends by its own deadline and TTL.
			const removed = await remove().then(
				() => true,
				() => false,
			);
			if (removed || !(error instanceof ProblemError)) throw error;
			const nextSteps = [...error.problem.nextSteps, `kubectl -n ${namespace} delete job ${name}`];
			throw new ProblemError({...error.problem, nextSteps}, {cause: error});
		}
		await remove();
		return result;
	};

const timeoutProblem = ({name, namespace, timeoutMs, image}: PodProbe, pod: Pod | undefined): ProblemError =>
	new ProblemError({
		code: 'probe-timeout',
		area: 'cluster',
		who: 'cluster admin',
		message: `The check "${name}" in a pod of ${namespace} did not end within ${Math.round(timeoutMs / 1000)} s.`,
		cause: pod
			? `Its pod ${pod.metadata.name} is ${pod.status?.phase ?? 'not started'} on ${pod.spec?.nodeName ?? 'no node'}, with the image ${image}.`
			: 'The cluster made no pod for it.',
		fix: 'See whether the cluster can start pods at all, then try again.',
		nextSteps: [`kubectl -n ${namespace} get events --sort-by=.lastTimestamp`],
	});
