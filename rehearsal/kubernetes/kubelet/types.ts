import type {RecordEvent} from '../objects/events.ts';
import type {Logs} from '../objects/logs.ts';
import type {Store} from '../objects/store.ts';
import type {Container, ContainerStatus, KubeObject, Pod} from '../objects/types.ts';

/** How fast the rehearsal cluster moves. All in milliseconds. */
export type Pace = {
	/** From the start of a server's container until it is ready. */
	readonly readyAfterMs: number;
	/** From asking to end a pod until it is gone. */
	readonly stopMs: number;
	/** First wait before a crashed container or a failed image pull is tried again; doubles up to ten times this. */
	readonly backoffMs: number;
	/** Between looks at something that is missing (a Secret, room on a node). */
	readonly retryMs: number;
	/** Until an Ingress or a LoadBalancer Service has its address. */
	readonly addressMs: number;
};

export const defaultPace: Pace = {readyAfterMs: 300, stopMs: 50, backoffMs: 1000, retryMs: 250, addressMs: 200};

/** It is up. Without `ready: false` it is ready after `readyAfterMs` (default: the pace). */
export type Up = {
	readonly running: true;
	readonly ready?: boolean;
	readonly readyAfterMs?: number;
	/** Why it is not ready, for the Event. */
	readonly message?: string;
	/** Lets it end later. */
	readonly ended?: Promise<Pick<Ended, 'exit' | 'message'>>;
};

/** It ended. `restart` overrules the pod's restart policy. */
export type Ended = {
	readonly exit: number;
	readonly reason?: string;
	/** What it left in the file of its termination message. */
	readonly message?: string;
	readonly restart?: boolean;
};

/** It cannot start, for example `ErrImagePull`; it is tried again later. */
export type Waiting = {readonly waiting: {readonly reason: string; readonly message: string}};

/** What became of a container that was started; `running` is short for one that is up with nothing more to say. */
export type Outcome = 'running' | Up | Ended | Waiting;

/** One start of one container. */
export type ContainerRun = {
	readonly container: Container;
	readonly isInit: boolean;
	/** How often it was started before. */
	readonly attempt: number;
	/** It was up and ready when the cluster was stopped, and goes on: no new start, whatever its program does at one. */
	readonly resumed: boolean;
	/** The environment with every reference resolved. */
	readonly env: Readonly<Record<string, string>>;
	/** Secrets named by `imagePullSecrets` that exist; what is missing was reported as an Event. */
	readonly pullSecrets: readonly KubeObject[];
	/** Aborted when the pod is deleted or the cluster stops. */
	readonly signal: AbortSignal;
	/** Tell the digest under which its image was pulled. */
	readonly pulled: (digest: string) => void;
	/** Append a line to the container's log. */
	readonly log: (line: string) => void;
};

/**
 * The edge where containers "run": called for each start of each container, init containers first and in order. As long
 * as the promise is pending the container counts as running and not ready. A rejection is shown as
 * `CreateContainerError`.
 */
export type RunPod = (pod: Pod, run: ContainerRun) => Promise<Outcome>;

/** What a node works with. */
export type Node = {
	readonly store: Store;
	readonly logs: Logs;
	readonly now: () => Date;
	readonly record: RecordEvent;
	readonly runPod: RunPod;
	readonly pace: Pace;
};

/** A container of a pod and what is known of it; the status is written in place. */
export type Slot = {
	readonly container: Container;
	readonly isInit: boolean;
	readonly status: ContainerStatus;
	failedPulls: number;
	/** Was it up and ready when the cluster was stopped, and not begun since? */
	resumes: boolean;
	/** Digest under which its image was pulled last. */
	pulled?: string;
};

/** The memory of one pod that runs here. */
export type PodRun = {
	readonly key: {readonly namespace: string; readonly name: string; readonly uid: string};
	readonly abort: AbortController;
	readonly init: readonly Slot[];
	readonly main: readonly Slot[];
	/** All init containers are through. */
	initialized: boolean;
	/** The pod as it is stored now; undefined when it is gone. */
	readonly pod: () => Pod | undefined;
	/** Write the status that follows from the containers' states. */
	readonly report: () => void;
	/** Rejects when the pod is ended meanwhile. */
	readonly wait: (milliseconds: number) => Promise<void>;
};

/** What a run rejects with when its pod is gone or the cluster stops. */
export const stopped = (): Error => new Error('stopped');
