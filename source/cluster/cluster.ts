import {shared} from '../base/pool.ts';
import {printable} from '../base/printable.ts';
import {cutTo} from '../base/text.ts';
import type {AccessOptions} from './access.ts';
import {createExec} from './exec/exec.ts';
import {defaultExecTiming, type ExecTiming} from './exec/silence.ts';
import type {KubeconfigOptions} from './kubeconfig/files.ts';
import {createDenied} from './objects/access.ts';
import {createFollowLog} from './objects/logs.ts';
import {createObjectApi} from './objects/object-api.ts';
import {createWhoAmI} from './objects/who-am-i.ts';
import {diagnosePicture} from './pods/diagnose.ts';
import {takePicture, takePods} from './pods/picture.ts';
import {podView} from './pods/views.ts';
import {createWatchPods, defaultWatchTiming, type WatchTiming} from './pods/watch.ts';
import {createProbe} from './probe/probe.ts';
import {clusterProblems} from './problems.ts';
import {createRequests, defaultTiming, type Requests, type Timing} from './requests.ts';
import {createWithToolPod} from './tool-pod/tool-pod.ts';
import type {ClusterPort} from './types.ts';

/** `timing` and `now` are for tests; `environment` may be the whole environment of the process. */
export type ClusterOptions = KubeconfigOptions & {
	readonly timing?: Partial<Timing & WatchTiming & ExecTiming> | undefined;
	readonly now?: (() => number) | undefined;
	/** Hears every secret that is read from the kubeconfig or given by its plug-in, before it is used. */
	readonly onSecret?: ((secret: string) => void) | undefined;
	readonly login?: AccessOptions['login'];
};

/** Characters of a version that can be one. */
const longestVersion = 100;

/** Asks the server who it is and what time it has. @throws ProblemError `kubernetes-no-api-server` */
const askVersion = async (requests: Requests, signal: AbortSignal) => {
	const {body, text, date} = await requests.send({
		method: 'GET',
		path: '/version',
		deed: 'tell its version',
		signal,
	});
	const version = (body as {readonly gitVersion?: unknown} | null)?.gitVersion;
	const time = Date.parse(date);
	if (typeof version === 'string' && version.length <= longestVersion && !Number.isNaN(time))
		return {version: printable(version), time};
	throw clusterProblems.error(
		'kubernetes-no-api-server',
		{server: requests.server()},
		{evidence: [cutTo(printable(text), 200)]},
	);
};

/**
 * The Kubernetes API of one kubeconfig context. Nothing is read or sent before the first call; after a failed one the
 * kubeconfig is read anew, so a mended file counts without a restart. @throws nothing itself; see `ClusterPort`.
 */
export const createCluster = ({
	timing,
	now = Date.now,
	onSecret = () => undefined,
	...options
}: ClusterOptions): ClusterPort => {
	const requests = createRequests({...options, now, onSecret}, {...defaultTiming, ...timing});
	const api = createObjectApi(requests);
	const {listVersioned: _, ...objects} = api;
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
		context: requests.context,
		whoAmI: createWhoAmI(requests),
		warnings: requests.warnings,
		version: shared(async (signal) => (await askVersion(requests, signal)).version),
		serverTime: async (signal) => (await askVersion(requests, signal)).time,
		denied: createDenied(requests),
		pods: async (namespace, labelSelector, signal) => {
			const {pods, events} = await takePods(api, {namespace, labelSelector}, signal);
			return pods.map((pod) => podView(pod, events));
		},
		watchPods: createWatchPods({requests, api, timing: {...defaultWatchTiming, ...timing}}),
		followLog: createFollowLog(requests),
		probe: createProbe(api),
		withToolPod: createWithToolPod(api),
		exec: createExec(requests, {...defaultExecTiming, ...timing}),
		diagnose: async (rollout, signal) =>
			diagnosePicture(api, await takePicture(api, rollout, signal), {...rollout, signal}),
	};
};
