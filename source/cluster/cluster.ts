import {ProblemError} from '../base/problem.ts';
import {createDenied} from './access.ts';
import {createObjectApi} from './api.ts';
import {diagnosePicture, takePicture} from './diagnose.ts';
import type {KubeconfigOptions} from './kubeconfig-files.ts';
import {podView} from './pods.ts';
import {createProbe} from './probe.ts';
import {createRequests, defaultTiming, type Timing} from './requests.ts';
import type {ClusterPort} from './types.ts';
import {createWatchPods, defaultWatchTiming, type WatchTiming} from './watch.ts';

/** `timing` and `now` are for tests; `environment` may be the whole environment of the process. */
export type ClusterOptions = KubeconfigOptions & {
	readonly timing?: Partial<Timing & WatchTiming>;
	readonly now?: () => number;
};

/**
 * The Kubernetes API of one kubeconfig context. Nothing is read or sent before the first call; after a failed one the
 * kubeconfig is read anew, so a mended file counts without a restart. @throws nothing itself; see `ClusterPort`.
 */
export const createCluster = ({timing, now = Date.now, ...options}: ClusterOptions): ClusterPort => {
	const requests = createRequests(options, {...defaultTiming, ...timing}, now);
	const api = createObjectApi(requests);
	const {listVersioned: _, ...objects} = api;
	const askVersion = async (signal: AbortSignal) => {
		const {body, text, date} = await requests.send({
			method: 'GET',
			path: '/version',
			deed: 'tell its version',
			signal,
		});
		const version = (body as {readonly gitVersion?: unknown} | null)?.gitVersion;
		const time = Date.parse(date);
		if (typeof version === 'string' && !Number.isNaN(time)) return {version, time};
		throw new ProblemError({
			code: 'kubernetes-no-api-server',
			area: 'prerequisites',
			message: `What answers at ${requests.server()} is not a Kubernetes API server.`,
			cause: 'Asked for its version, it gave none; a login page or a proxy may stand in between.',
			fix: 'Check the server address in the kubeconfig.',
			answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
			evidence: [text.slice(0, 200)],
		});
	};
	return {
		...objects,
		get server() {
			try {
				return requests.server();
			} catch {
				// Only for messages: the problem itself comes with the first call.
				return '(no kubeconfig)';
			}
		},
		version: async (signal) => (await askVersion(signal)).version,
		serverTime: async (signal) => (await askVersion(signal)).time,
		denied: createDenied(requests),
		pods: async (namespace, labelSelector, signal) => {
			const {pods, events} = await takePicture(api, namespace, labelSelector, signal);
			return pods.map((pod) => podView(pod, events));
		},
		watchPods: createWatchPods({requests, api, timing: {...defaultWatchTiming, ...timing}}),
		probe: createProbe(api),
		diagnose: async (namespace, labelSelector, signal, component) =>
			diagnosePicture(api, await takePicture(api, namespace, labelSelector, signal), namespace, signal, component),
	};
};
