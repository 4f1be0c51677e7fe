import type {ComponentPath} from '../answers/component-path.ts';
import type {Problem} from '../base/problem.ts';
import type {KubeObject, Reference} from './kinds.ts';

export type {KubeObject} from './kinds.ts';

/** One verb on one resource, for an access review. `namespace` absent means cluster-wide. */
export type Access = {
	readonly verb: string;
	readonly group: string;
	readonly resource: string;
	readonly namespace?: string | undefined;
};

/** Objects of one kind; without a namespace those of all. Selectors as kubectl takes them. */
export type Selection = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly namespace?: string | undefined;
	readonly labelSelector?: string | undefined;
	readonly fieldSelector?: string | undefined;
};

/** The pods, Jobs and Deployments of one release. */
export type Rollout = {
	readonly namespace: string;
	readonly labelSelector: string;
	/** Whose release it is, so that a problem names the answers that may mend it. */
	readonly component: ComponentPath;
	/** Only these pods are looked at; absent for all. */
	readonly only?: ReadonlySet<string> | undefined;
	/** Knows what the program in the pods says before it ends. */
	readonly readCrash?: ReadCrash | undefined;
};

/** What the log of a container that ended means; undefined where it says nothing that is known. */
export type ReadCrash = (
	log: readonly string[],
	of: {readonly pod: string; readonly job: string | undefined},
) => Problem | undefined;

/** A pod as the operator wants to see it. */
export type PodView = {
	readonly name: string;
	readonly namespace: string;
	readonly phase: string;
	readonly ready: boolean;
	/** Containers that are ready, and how many there are. */
	readonly containers: {readonly ready: number; readonly total: number};
	/** In a word of Kubernetes: its phase, or why it does not run, such as `ImagePullBackOff`. */
	readonly status: string;
	/** When it was made, ms since the epoch. */
	readonly createdAt?: number | undefined;
	readonly restarts: number;
	readonly node?: string | undefined;
	readonly images: readonly string[];
	/** What it is of its release (label `app.kubernetes.io/component`); undefined where the chart says nothing. */
	readonly component?: string | undefined;
	/** The Job that made it. */
	readonly job?: string | undefined;
	/**
	 * Why it is not ready, in plain words with the kubelet's reason, e.g. `the image cannot be pulled (ImagePullBackOff):
	 * ...`.
	 */
	readonly reason?: string | undefined;
	/** True when waiting longer cannot help. */
	readonly stuck: boolean;
};

/** What a pod can mount to write to: a folder of an NFS server, or a claim of its namespace. */
export type MountedStorage =
	| {readonly nfs: {readonly server: string; readonly path: string}}
	| {readonly persistentVolumeClaim: {readonly claimName: string}};

/** Where and as whom a pod of ours runs. */
export type PodPlace = {
	readonly namespace: string;
	readonly name: string;
	readonly image: string;
	readonly pullSecret?: string | undefined;
	/** The account that it runs as; by default that of the namespace. It gets no token of it. */
	readonly serviceAccount?: string | undefined;
	/** User and group as the pods of the release have them; `null` leaves one to the cluster. */
	readonly podSecurityContext: {
		readonly runAsNonRoot: boolean;
		readonly runAsUser: number | null;
		readonly fsGroup: number | null;
	};
	/** Where it may run, as the pods that it stands for. */
	readonly scheduling?: {
		readonly nodeSelector: Readonly<Record<string, string>>;
		readonly tolerations: readonly Readonly<Record<string, unknown>>[];
	};
	/** Plain environment; secrets go by `secretEnv`. */
	readonly env: Readonly<Record<string, string>>;
	readonly secretEnv?: Readonly<Record<string, {readonly secret: string; readonly key: string}>> | undefined;
	/**
	 * A Secret whose members, or those of `keys` alone, are files below `path`, read-only; where it is not there, the folder is empty, and
	 * a key that it lacks is no file.
	 */
	readonly secretVolume?:
		| {readonly secret: string; readonly path: string; readonly keys?: readonly string[] | undefined}
		| undefined;
	/**
	 * Members of other Secrets of the namespace, each a file below `path`, read-only and as they are when the pod starts. A node puts them
	 * there: the pod needs no right for it. What is not there is no file.
	 */
	readonly secretFiles?:
		| {
				readonly path: string;
				readonly from: readonly {readonly secret: string; readonly key: string; readonly file: string}[];
		  }
		| undefined;
	/** Storage of the site that is mounted at `path` to be written to. */
	readonly storage?: {readonly path: string; readonly from: MountedStorage} | undefined;
	/** Hears what keeps the pod from starting, in the words of its newest warning. */
	readonly onWaiting?: ((reason: string) => void) | undefined;
};

/** A short program run in a pod; `script` is Python 3 source, which the server image has. */
export type PodProbe = PodPlace & {
	readonly script: string;
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
};

/** A pod that only sleeps, so that commands can be run in it: its image must have `sleep`. */
export type ToolPod = PodPlace & {
	/** How long it may take until it runs, ms. */
	readonly startMs: number;
	/** After this it ends by itself, whatever runs in it, ms: nobody else ends it where this program was killed. */
	readonly lifeMs: number;
	/** CPU and memory that it asks for, and no more than which it gets; those of a probe are too small for a dump. */
	readonly resources: {
		readonly requests: Readonly<Record<string, string>>;
		readonly limits: Readonly<Record<string, string>>;
	};
	/** The one folder that may be written to, and how much it may hold, such as `64Mi`. */
	readonly scratch?: {readonly path: string; readonly sizeLimit: string} | undefined;
};

/** Where commands run: as `exec` takes it. */
export type ToolPlace = Pick<PodExec, 'namespace' | 'pod'> & {readonly container: string};

/** A command in a container that runs. */
export type PodExec = {
	readonly namespace: string;
	readonly pod: string;
	/** May be left out where the pod has one container. */
	readonly container?: string | undefined;
	/** Program and arguments; they travel in an address, so they must hold no secret. */
	readonly command: readonly string[];
	/**
	 * Ended when it ends, destroyed when the command ends before it. Where the connection breaks, a program sees an end as well: what
	 * must not be taken for whole has to say so itself.
	 */
	readonly stdin?: NodeJS.ReadableStream | undefined;
	/** Takes the output as fast as it can; it is not ended. */
	readonly stdout?: NodeJS.WritableStream | undefined;
	readonly signal: AbortSignal;
};

/** One step of a JSON patch (RFC 6902): what must be so, what is put there, or what is taken away. */
export type PatchStep =
	| {readonly op: 'test' | 'add'; readonly path: string; readonly value: unknown}
	| {readonly op: 'remove'; readonly path: string};

/**
 * The Kubernetes API, as narrow as the steps need it. All calls throw ProblemError area `cluster` with the server's
 * words.
 */
export type ClusterPort = {
	/** Server address, for messages. */
	readonly server: string;
	/** Name of the kubeconfig's context that is in use. @throws as `version` */
	readonly context: () => string;
	/** Who the server takes this login for (SelfSubjectReview); undefined for a server that does not tell, as before Kubernetes 1.28. */
	readonly whoAmI: (signal: AbortSignal) => Promise<string | undefined>;
	/** What of the kubeconfig is worth knowing though it stops nothing, such as TLS that is not checked. @throws as `version` */
	readonly warnings: () => readonly string[];
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
	readonly list: (of: Selection, signal: AbortSignal) => Promise<readonly KubeObject[]>;
	/** Server-side apply under the field manager `zenml-airgap`; a conflict is a problem that names the other manager. */
	readonly apply: (
		object: KubeObject,
		options: {
			readonly signal: AbortSignal;
			readonly dryRun?: boolean | undefined;
			readonly force?: boolean | undefined;
		},
	) => Promise<KubeObject>;
	/**
	 * What server-side apply would change, as paths of differing fields; empty when nothing. Missing object: `['(new)']`.
	 */
	readonly diff: (object: KubeObject, signal: AbortSignal) => Promise<readonly string[]>;
	/** Creates; undefined when it exists already. */
	readonly create: (object: KubeObject, signal: AbortSignal) => Promise<KubeObject | undefined>;
	/** Replaces with the given resourceVersion; undefined on conflict (409) or when it is gone. */
	readonly replace: (object: KubeObject, signal: AbortSignal) => Promise<KubeObject | undefined>;
	/** Carries out a JSON patch whole or not at all; undefined when one of its tests fails, or when the object is gone. */
	readonly patch: (
		reference: Reference,
		steps: readonly PatchStep[],
		signal: AbortSignal,
	) => Promise<KubeObject | undefined>;
	readonly delete: (reference: Reference, signal: AbortSignal) => Promise<void>;
	readonly pods: (namespace: string, labelSelector: string, signal: AbortSignal) => Promise<readonly PodView[]>;
	/** Last lines of a container's log, of the previous run when asked. */
	readonly logs: (
		pod: {readonly namespace: string; readonly name: string; readonly container?: string | undefined},
		options: {readonly tailLines: number; readonly previous?: boolean | undefined; readonly signal: AbortSignal},
	) => Promise<readonly string[]>;
	/**
	 * Tells the log of a pod's only container from its beginning, line by line, until the container ends or the connection breaks.
	 * @throws ProblemError where there is no log (yet), or it may not be read
	 */
	readonly followLog: (
		pod: {readonly namespace: string; readonly name: string},
		onLine: (line: string) => void,
		signal: AbortSignal,
	) => Promise<void>;
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
	 * Runs a command in a pod; `stderr` is its last lines, cleaned. A program that does not end by itself after an abort ends with its pod.
	 * @throws ProblemError exec-* where it was not run or not heard to its end; what the streams throw
	 */
	readonly exec: (exec: PodExec) => Promise<{readonly exitCode: number; readonly stderr: readonly string[]}>;
	/**
	 * Runs work with a pod that sleeps, and removes it afterwards, also after a failure or an abort, which ends all that runs in it. One that a
	 * killed run left under this name in this namespace is removed before: a name is used by one at a time.
	 * @throws ProblemError why its pod cannot start, `probe-timeout`; what the work throws
	 */
	readonly withToolPod: <T>(pod: ToolPod, work: (place: ToolPlace) => Promise<T>, signal: AbortSignal) => Promise<T>;
	/**
	 * The cause of a rollout that does not get ready: from pods, events, Jobs and logs; undefined when nothing is wrong
	 * yet.
	 */
	readonly diagnose: (rollout: Rollout, signal: AbortSignal) => Promise<Problem | undefined>;
};
