import type {Given} from '../../base/problem-table.ts';
import type {clusterProblems} from '../problems.ts';

/** One sign of trouble in the cluster's own words. */
export type Symptom = {
	/** Reason as Kubernetes writes it: `ImagePullBackOff`, `Unschedulable`, `FailedMount`. */
	readonly reason: string;
	readonly message: string;
	readonly container?: string | undefined;
	readonly image?: string | undefined;
	/** Of the run that ended last. */
	readonly exitCode?: number | undefined;
	readonly oomKilled?: boolean | undefined;
	/** How often the container was started again. */
	readonly restarts?: number | undefined;
	/** The pod is over and is not started again (phase Failed). */
	readonly final?: boolean | undefined;
	/** How often the image was pulled in vain, as far as events tell. */
	readonly failedPulls?: number | undefined;
	/** The only pull so far was made before the node had read the pull secret: the next one may well succeed. */
	readonly pulledTooSoon?: boolean | undefined;
	/**
	 * The container has run, so it may have a log; `previous` when the run that failed is over and a new one may exist.
	 */
	readonly log?: 'current' | 'previous' | undefined;
	/** The end of its log in one line, cleaned and cut; absent before it was read, and where there was nothing. */
	readonly lastWords?: string | undefined;
};

/** What shows a symptom, as its problem names it. */
export type Subject = {
	readonly kind: 'pod' | 'job' | 'deployment';
	/** With its namespace: `zenml-pro/zenml-pro-5d9f`. */
	readonly name: string;
};

/** The facts that every sign of trouble has; what is not known of a container says so. */
export type Facts = {
	readonly kind: string;
	readonly name: string;
	readonly reason: string;
	readonly container: string;
	readonly image: string;
};

/** Answers of a component, below its path, that may mend what is wrong with its pods. */
export type ComponentAnswer = 'resources' | 'resources.requests' | 'resources.limits.memory' | 'podSecurityContext';

type Table = typeof clusterProblems.table;

/** Which signs of trouble have this code. */
type RowOf<Code extends keyof Table> = {
	readonly code: Code;
	/** Kubernetes reasons this row is for; absent means any. */
	readonly reasons?: readonly string[];
	/** What the message must contain; absent means anything. */
	readonly message?: RegExp;
	readonly when?: (symptom: Symptom) => boolean;
	/** What its words are made of; `found` are the groups of `message`. */
	readonly facts: (facts: Facts, found: readonly string[], symptom: Symptom) => Given<Table[Code]>;
	/** Answers of the component whose pods these are; those of other parts stand in the table. */
	readonly answers?: readonly ComponentAnswer[];
	/** Waiting longer cannot help. */
	readonly stuck: boolean | ((symptom: Symptom) => boolean);
};

/** One row of the tables of reasons: its facts are those that the words of its code name. */
export type Row = {readonly [Code in keyof Table]: RowOf<Code>}[keyof Table];
