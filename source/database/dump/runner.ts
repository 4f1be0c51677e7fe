/** One run of one program, wherever the programs are. */
export type Order = {
	/** With its path, as `search` gave it. */
	readonly program: string;
	/** Files that nobody else may read, by name; they are gone when the program has ended. */
	readonly files?: ((folder: string) => Readonly<Record<string, string>>) | undefined;
	/** Arguments and environment; neither holds a secret. @param folder where the files lie */
	readonly args: (folder: string) => readonly string[];
	readonly environment?: (folder: string) => Readonly<Record<string, string>>;
	/** Its standard input, which ends with this; empty where nothing is said. */
	readonly stdin?: NodeJS.ReadableStream | undefined;
	/** Takes its standard output, and is not ended. Nobody reads it where nothing is said. */
	readonly stdout?: NodeJS.WritableStream | undefined;
	/** Hears how many bytes of its input have passed in all, or of its output where it has no input. */
	readonly onBytes?: ((bytes: number) => void) | undefined;
	/** How long no byte may pass before the program counts as stuck, ms. */
	readonly silenceMs: number;
	readonly signal: AbortSignal;
};

/** How a program ended. */
export type Ended = {
	/** Undefined where a signal ended it. */
	readonly exitCode: number | undefined;
	/** The last lines that it said of itself, bounded. */
	readonly stderr: readonly string[];
	/** It was ended for its silence. */
	readonly wasSilent: boolean;
};

/** A place where the programs are. */
export type Runner = {
	readonly where: 'host' | 'cluster';
	/** Where programs of these names lie, with their paths, the likeliest first. */
	readonly search: (names: readonly string[], signal: AbortSignal) => Promise<readonly string[]>;
	/**
	 * Runs a program to its end; an aborted signal ends it.
	 * @throws the error of `stdin` or `stdout`; the signal's reason; ProblemError where the program cannot be run at all
	 */
	readonly run: (order: Order) => Promise<Ended>;
};
