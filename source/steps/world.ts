import type {Answers} from '../answers/schema.ts';
import type {BackupPort} from '../backup/types.ts';
import type {Clock} from '../base/clock.ts';
import type {SavedPack} from '../base/handover.ts';
import type {BundlePort} from '../bundle/types.ts';
import type {EffectMemo} from '../charts/index.ts';
import type {ClusterPort} from '../cluster/types.ts';
import type {DumpPort} from '../database/dump/types.ts';
import type {DatabaseEngine, DatabasePort} from '../database/types.ts';
import type {BaseWorld, Plan as EnginePlan, Step as EngineStep, Handover} from '../engine/plan.ts';
import type {Asked} from '../handover/pack.ts';
import type {HelmPort} from '../helm/types.ts';
import type {DnsPort, HttpsPort, TlsPort} from '../network/types.ts';
import type {RegistryPort} from '../registry/types.ts';
import type {ZenmlPort} from '../zenml/types.ts';

/** This host, as far as a step may look at it. */
export type HostPort = {
	/**
	 * Text of a file with certificates or a key, as PEM that every client can load, whatever stands around it in the file.
	 * @throws ProblemError area `usage` that names the file and the answer.
	 */
	readonly readFile: (path: string, answer: string) => Promise<string>;
	/**
	 * Text of the operator's file with values for a chart, of bounded size.
	 * @throws ProblemError `helm-values-unreadable`
	 */
	readonly readValues: (path: string, answer: string) => Promise<string>;
	/** Bytes free for this user where state and logs are kept. */
	readonly freeBytes: () => Promise<number>;
	/** Where that is. */
	readonly stateDirectory: string;
	/** Puts a file of that name there, for the operator alone, or removes it where there is no text. Returns its path. */
	readonly saveState: (name: string, text: string | undefined) => Promise<string>;
	/** Who asks other teams for something, and what the operator said to them once for all papers. @throws ProblemError `asked-unreadable` */
	readonly asked: () => Asked;
	/** Writes papers for another team there, for the operator alone; what is the same already stays, and what somebody changed is kept. */
	readonly savePack: (pack: Pick<Handover, 'id' | 'sections'>) => Promise<Pick<SavedPack, 'folder' | 'aside'>>;
};

/** Programs and addresses that hear how a run goes. */
export type HookPort = {
	/** How many the answers name, and which are known to be of no use, each in a sentence. No program is run, and nothing is sent. */
	readonly look: (signal: AbortSignal) => Promise<{readonly count: number; readonly warnings: readonly string[]}>;
};

/** Every effect a step may have. Which world it touches is told by the addresses in the answers alone. */
export type Ports = {
	readonly clock: Clock;
	readonly host: HostPort;
	readonly bundle: BundlePort;
	readonly registry: RegistryPort;
	readonly cluster: ClusterPort;
	readonly helm: HelmPort;
	/** What is known of the effects of values on the charts. */
	readonly effects: EffectMemo;
	readonly databases: Readonly<Record<DatabaseEngine, DatabasePort>>;
	/** The folder of backups that the answers name. */
	readonly backups: BackupPort;
	/** Dumps of databases by their own tools. */
	readonly dumps: DumpPort;
	readonly dns: DnsPort;
	readonly tls: TlsPort;
	readonly https: HttpsPort;
	readonly zenml: ZenmlPort;
	/** Whoever hears how the run goes; steps only look at them. */
	readonly hooks: HookPort;
	/**
	 * The value behind a reference in the answers, registered with the redactor. `generate` is not one of these. `onWarning` takes what is
	 * odd about it, without the value.
	 */
	readonly resolveSecret: (reference: string, answer: string, onWarning?: (text: string) => void) => Promise<string>;
	/** Tells the redactor about a secret that was made or read here. */
	readonly registerSecret: (value: string) => void;
	/** Takes, or goes on holding, the Lease that keeps other hosts away; needs the control plane's namespace. */
	readonly holdLease: (signal: AbortSignal) => Promise<void>;
};

export type World = BaseWorld<Answers> & Ports;
export type Step = EngineStep<Answers, World>;
export type Plan = EnginePlan<Answers, World>;

const second = 1000;
const minute = 60 * second;
/** Bounds for steps that only talk to servers nearby. */
export const shortTimeouts = {checkMs: 2 * minute, applyMs: 5 * minute};
/** Bounds for steps that move or hash gigabytes. */
export const longTimeouts = {checkMs: 2 * 60 * minute, applyMs: 12 * 60 * minute};
/** Bounds for Helm releases; the answer `helm.timeoutMinutes` is the one that counts, this only ends what hangs beyond it. */
export const releaseTimeouts = {checkMs: 2 * minute, applyMs: 4 * 60 * minute};
