import type {Problem} from '../base/problem.ts';

/** Any Kubernetes object, as JSON. */
export type KubeObject = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {
		readonly name: string;
		readonly namespace?: string;
		readonly labels?: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
		readonly uid?: string;
		readonly resourceVersion?: string;
		readonly creationTimestamp?: string;
		readonly deletionTimestamp?: string;
	};
	readonly [field: string]: unknown;
};

export type Reference = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly namespace?: string;
	readonly name: string;
};

/** One verb on one resource, for an access review. `namespace` absent means cluster-wide. */
export type Access = {
	readonly verb: string;
	readonly group: string;
	readonly resource: string;
	readonly namespace?: string;
};

/** A pod as the operator wants to see it. */
export type PodView = {
	readonly name: string;
	readonly namespace: string;
	readonly phase: string;
	readonly ready: boolean;
	readonly restarts: number;
	readonly node?: string;
	readonly images: readonly string[];
	/** Why it is not ready, in plain words with the kubelet's reason, e.g. `image cannot be pulled (ImagePullBackOff): ...`. */
	readonly reason?: string;
	/** True when waiting longer cannot help. */
	readonly stuck: boolean;
};

/** A short program run in a pod; `script` is Python 3 source, which the server image has. */
export type PodProbe = {
	readonly namespace: string;
	readonly name: string;
	readonly image: string;
	readonly pullSecret?: string;
	readonly script: string;
	/** Plain environment; secrets go by `secretEnv`. */
	readonly env: Readonly<Record<string, string>>;
	readonly secretEnv?: Readonly<Record<string, {readonly secret: string; readonly key: string}>>;
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
};

/** The Kubernetes API, as narrow as the steps need it. All calls throw ProblemError area `cluster` with the server's words. */
export type ClusterPort = {
	/** Server address, for messages. */
	readonly server: string;
	/** Git version, e.g. `v1.34.0`. @throws ProblemError: kubeconfig, unreachable, untrusted CA, unauthorized. */
	readonly version: (signal: AbortSignal) => Promise<string>;
	/** The server's clock, ms since the epoch, from the Date header. */
	readonly serverTime: (signal: AbortSignal) => Promise<number>;
	/** Those of the asked accesses that are denied, with the server's reason. */
	readonly denied: (
		accesses: readonly Access[],
		signal: AbortSignal,
	) => Promise<readonly (Access & {readonly reason: string})[]>;
	/** The object, or undefined when there is none. */
	readonly get: (reference: Reference, signal: AbortSignal) => Promise<KubeObject | undefined>;
	readonly list: (
		of: {
			readonly apiVersion: string;
			readonly kind: string;
			readonly namespace?: string;
			readonly labelSelector?: string;
			readonly fieldSelector?: string;
		},
		signal: AbortSignal,
	) => Promise<readonly KubeObject[]>;
	/** Server-side apply under the field manager `zenml-airgap`; a conflict is a problem that names the other manager. */
	readonly apply: (
		object: KubeObject,
		options: {readonly signal: AbortSignal; readonly dryRun?: boolean; readonly force?: boolean},
	) => Promise<KubeObject>;
	/** What server-side apply would change, as paths of differing fields; empty when nothing. Missing object: `['(new)']`. */
	readonly diff: (object: KubeObject, signal: AbortSignal) => Promise<readonly string[]>;
	/** Creates; undefined when it exists already. */
	readonly create: (object: KubeObject, signal: AbortSignal) => Promise<KubeObject | undefined>;
	/** Replaces with the given resourceVersion; undefined on conflict (409) or when it is gone. */
	readonly replace: (object: KubeObject, signal: AbortSignal) => Promise<KubeObject | undefined>;
	readonly delete: (reference: Reference, signal: AbortSignal) => Promise<void>;
	readonly pods: (namespace: string, labelSelector: string, signal: AbortSignal) => Promise<readonly PodView[]>;
	/** Last lines of a container's log, of the previous run when asked. */
	readonly logs: (
		pod: {readonly namespace: string; readonly name: string; readonly container?: string},
		options: {readonly tailLines: number; readonly previous?: boolean; readonly signal: AbortSignal},
	) => Promise<readonly string[]>;
	/** Watches pods and Jobs of a namespace until the signal ends it; calls with the current picture on every change. */
	readonly watchPods: (
		namespace: string,
		labelSelector: string,
		onChange: (pods: readonly PodView[]) => void,
		signal: AbortSignal,
	) => Promise<void>;
	/** Runs a probe as a Job and removes it. `exitCode` and `output` are the script's own. */
	readonly probe: (probe: PodProbe) => Promise<{readonly exitCode: number; readonly output: readonly string[]}>;
	/**
	 * The cause of a rollout that does not get ready: from pods, events, Jobs and logs; undefined when nothing is wrong yet.
	 * `component` is the path of its answers, `controlPlane` or `workspaces.N`, so that the problem can name them exactly.
	 */
	readonly diagnose: (
		namespace: string,
		labelSelector: string,
		signal: AbortSignal,
		component?: string,
	) => Promise<Problem | undefined>;
};
