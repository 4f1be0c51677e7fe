import type {Clock} from '../../base/clock.ts';
import type {ClusterInUse} from '../../base/people/cluster-commands.ts';
import type {Redactor} from '../../base/redact.ts';
import type {Signals} from '../../ui/terminal/signals.ts';
import type {LastGuard} from './ending/last-guard.ts';
import type {Leaving} from './ending/leaving.ts';
import type {Called} from './kept/own-commands.ts';

/** What the door (`cli.tsx`) hands in: the only way by which the rest sees the process it runs in. */
export type Context = {
	readonly version: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly homeDirectory: string;
	readonly workingDirectory: string;
	readonly temporaryDirectory: string;
	readonly hostName: string;
	readonly userName: string;
	/** Numeric user, where the system has one; 0 is root. */
	readonly userId: number | undefined;
	readonly pid: number;
	readonly clock: Clock;
	readonly redactor: Redactor;
	/** Redacted text to standard output and standard error. */
	readonly out: (text: string) => void;
	readonly err: (text: string) => void;
	/** Aborted by SIGINT, SIGTERM, SIGHUP and other signals that end a program. */
	readonly signal: AbortSignal;
	/** Does what SIGINT does: the first time it aborts `signal`. For keys of a terminal that makes no signals of them. */
	readonly interrupt: () => void;
	/** Is there a terminal on standard input and output that can draw a full screen? */
	readonly screen: boolean;
	readonly color: boolean;
	/** Whether the background of the terminal is known to be light; undefined where nobody says. */
	readonly light: boolean | undefined;
	/** Whether the terminal may be asked for it. */
	readonly asksBackground: boolean;
	readonly ascii: boolean;
	/** How the terminal may be told that somebody is needed. */
	readonly signals: Signals;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	/** Only to know whether it is a terminal, and how wide; text goes through `err`. */
	readonly stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;
	/** Where the built program, or its source, lies: the charts and the host process of the rehearsal are found from here. */
	readonly programDirectory: string;
	/** Arguments of node itself, for child processes of the same kind (tsx). */
	readonly nodeArguments: readonly string[];
	/** Started through npm, from a clone, where no `zenml-airgap` is to be found: commands are spelled as npm takes them. */
	readonly startedByNpm: boolean;
	/** How the program was called, for the commands that it names; absent where there was no command line. */
	readonly called?: Called | undefined;
	/** True in a played world: what is said and saved must not look like a real run. */
	readonly rehearsal?: boolean | undefined;
	/** Told which cluster is worked with; what is refused outside of a run then names it in its commands. Absent where nobody asks. */
	readonly useCluster?: ((cluster: ClusterInUse) => void) | undefined;
	/** Hears of errors that nothing caught; see `LastGuard`. Absent where nobody catches them. */
	readonly hearFaults?: LastGuard['hear'] | undefined;
	/** Does something when the program ends in order, at once and without waiting; absent where it ends with others. */
	readonly atExit?: ((deed: () => void) => void) | undefined;
	/** Leaves at once with an exit code, once what must be on disk is there; for a second Ctrl-C only. */
	readonly leave: Leaving['leave'];
	/** Has something waited for before it leaves at once; absent where it ends with others. */
	readonly beforeLeaving?: Leaving['beforeLeaving'] | undefined;
};

/** What the command line said of the answers and where they are. */
export type AnswerFlags = {
	readonly answers?: string | undefined;
	readonly set: readonly string[];
	readonly bundle?: string | undefined;
	readonly stateDir?: string | undefined;
	readonly kubeconfig?: string | undefined;
	readonly context?: string | undefined;
};

/** What the command line said that every command around a plan shares. */
export type GlobalOptions = AnswerFlags & {
	readonly from?: string | undefined;
	readonly until?: string | undefined;
	readonly nonInteractive: boolean;
	readonly plain: boolean;
	readonly json: boolean;
	readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
};

/**
 * Lets a screen take the keys of a terminal that was hushed until then. Resolves with whether the background is light, where that is known by
 * now; `later` hears it where the terminal tells it only then.
 */
export type HandOver = (later?: (light: boolean) => void) => Promise<boolean | undefined>;
