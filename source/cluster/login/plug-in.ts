import {abortable} from '../../base/abort.ts';
import type {LoadedKubeconfig} from '../kubeconfig/load.ts';
import {type Credential, credentialOf} from './credential.ts';
import {environmentOf} from './exec-info.ts';
import {type Bounds, runProgram} from './program.ts';

/** A plug-in of a kubeconfig, and what it gave last. */
export type PlugIn = {
	/** What it gave, where that still holds; else it is started, once for all who wait. @throws why it failed */
	readonly credential: (signal: AbortSignal) => Promise<Credential>;
	/** The server refused it: the next one is asked for anew. */
	readonly drop: (refused: Credential) => void;
};

export type PlugInOptions = {
	/** Of the process, without the secrets of the answers. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly onSecret: (secret: string) => void;
	readonly now: () => number;
	readonly bounds?: Partial<Bounds> | undefined;
};

const defaultBounds: Bounds = {timeoutMs: 60_000, graceMs: 2000, mostBytes: 1024 * 1024};

/** How long before its end a credential is no longer used, ms: a request takes its time. */
const marginMs = 5000;

/** A run of the program that several wait for. */
type Run = {readonly given: Promise<Credential>; readonly end: AbortController; waiting: number};

/** Starts nothing before it is asked. */
export const createPlugIn = (
	loaded: LoadedKubeconfig & {readonly exec: NonNullable<LoadedKubeconfig['exec']>},
	{environment, onSecret, now, bounds}: PlugInOptions,
): PlugIn => {
	const {exec} = loaded;
	let kept: Credential | undefined;
	let run: Run | undefined;
	const ask = async (signal: AbortSignal): Promise<Credential> => {
		const program = {command: exec.command, args: exec.args ?? [], env: environmentOf(loaded, environment)};
		const credential = credentialOf(await runProgram(program, {...defaultBounds, ...bounds}, signal), exec);
		for (const secret of [credential.token, credential.key]) if (secret) onSecret(secret);
		kept = credential;
		return credential;
	};
	const start = (): Run => {
		const end = new AbortController();
		const given = ask(end.signal).finally(() => {
			run = undefined;
		});
		// Whoever waits hears of it; where nobody does any more, nobody has to.
		given.catch(() => undefined);
		return {given, end, waiting: 0};
	};
	const holds = ({until}: Credential): boolean => until === undefined || until - marginMs > now();
	return {
		credential: async (signal) => {
			signal.throwIfAborted();
			if (kept && holds(kept)) return kept;
			run ??= start();
			const mine = run;
			mine.waiting += 1;
			try {
				return await abortable(mine.given, signal);
			} finally {
				mine.waiting -= 1;
				if (mine.waiting === 0) {
					mine.end.abort();
					await mine.given.catch(() => undefined);
				}
			}
		},
		drop: (refused) => {
			if (kept === refused) kept = undefined;
		},
	};
};
