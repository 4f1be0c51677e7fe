import type {AnswersInput} from '../source/answers/schema.ts';
import type {FaultName} from './faults.ts';

/** `real` takes its time as a site does; `fast` has no pauses. */
export type Pace = 'real' | 'fast';

export type WayIn = 'ingress' | 'gateway' | 'route';

/** Sample bundles: an upgrade leads from the older to the newer one. */
export const samples = ['older', 'newer'] as const;

export type Sample = (typeof samples)[number];

export type RehearsalOptions = {
	/** Everything the rehearsal keeps lies here; the same folder brings back the same world. */
	readonly directory: string;
	/** Folder or tar file of a bundle; by default a sample is made. */
	readonly bundle?: string | undefined;
	/** Host names of the control plane, first, and of the workspaces; the certificate is issued for them. */
	readonly hosts?: readonly string[] | undefined;
	readonly pace: Pace;
	/** Breaks something on purpose; without it, a fault that an earlier run began goes on. */
	readonly fault?: FaultName | undefined;
	/** Never a real MySQL, or one from Debian's packages; by default that of this host, else a played one. */
	readonly mysql?: 'played' | 'unpacked' | undefined;
	/**
	 * Of the image of client tools: its programs from Debian's packages, or no such image in the sample and no programs; by default
	 * what is unpacked already, then what this host has.
	 */
	readonly clientTools?: 'unpacked' | 'none' | undefined;
	/** How the site lets requests in; by default an ingress controller. Else also the Gateway API, or OpenShift's Routes. */
	readonly wayIn?: WayIn | undefined;
	/** Storage of the site beside the volumes of its cluster; none unless asked for. */
	readonly storage?: 's3' | undefined;
	/** Folder with the sources of the sample charts, `zenml-pro` and `zenml`; by default beside this file. */
	readonly charts?: string | undefined;
	/** Which sample is carried in: `newer` has the versions of today, `older` those before it. By default the newer one. */
	readonly sample?: Sample | undefined;
	/** Size of the sample's layers in bytes. */
	readonly bundleBytes?: number | undefined;
	/**
	 * Somebody is there to remind the other teams: what they forget stays so until the fault is switched off. Else they remember it by
	 * themselves, some time after it was missed.
	 */
	readonly isAttended?: boolean | undefined;
	readonly log: (line: string) => void;
	readonly signal?: AbortSignal | undefined;
};

/** What a running site is asked to break, or to break no longer. */
export type FaultOrder = {readonly name: FaultName; readonly on: boolean};

export type Rehearsal = {
	/** What an operator of this site would answer; `helm.binary` is left to the caller. */
	readonly answers: AnswersInput;
	readonly directory: string;
	/** True when the fault that was asked for begins with this start; false when it goes on or is over. */
	readonly faultBegins: boolean;
	/** True where a played MySQL stands in, which no program of the databases can dump. */
	readonly mysqlIsPlayed: boolean;
	/** The fault that is on at the start; absent without one, and where it is over. */
	readonly faultOn?: FaultName | undefined;
	/** The file that this fault broke; absent for one that broke none. */
	readonly faultFile?: string | undefined;
	/** The fault that was begun, what it does, and where the file lies that mends it; empty without one. */
	readonly fault: readonly string[];
	/** What there is and where, for people; no secrets. */
	readonly describe: () => readonly string[];
	/**
	 * Switches a fault on, in the place of the one that is on, or off; says what became of it.
	 * @throws ProblemError `rehearsal-fault-not-now`, `rehearsal-fault-off`
	 */
	readonly switchFault: (order: FaultOrder) => Promise<readonly string[]>;
	/** Saves everything and ends every part; repeatable. */
	readonly stop: () => Promise<void>;
};
