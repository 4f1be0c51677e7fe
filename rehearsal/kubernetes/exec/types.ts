import {randomBytes} from 'node:crypto';
import type {Readable, Writable} from 'node:stream';
import type {Pod} from '../objects/types.ts';

/** A command that is run in a container that runs. */
export type ExecRun = {
	readonly container: string;
	/** Program and arguments, as they came. */
	readonly command: readonly string[];
	/** Ended at once where the client has none. */
	readonly stdin: Readable;
	/** What is written is held back until the client takes it: wait for `drain`. */
	readonly stdout: Writable;
	readonly stderr: Writable;
	/**
	 * Aborted when the pod is gone, or the cluster stops: it ends the program. A client that goes ends `stdin` and breaks the pipes of
	 * `stdout` and `stderr`, as containerd does: a program that neither reads nor writes goes on.
	 */
	readonly signal: AbortSignal;
};

/** Why a program could not be started, in the words of the container runtime. */
export class ExecError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'ExecError';
	}
}

/** What a container runtime says of a program that an image does not have (runc behind containerd). */
export const noProgram = (program: string): ExecError =>
	new ExecError(
		`failed to start exec "${randomBytes(32).toString('hex')}": OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": ${
			program.includes('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH'
		}: unknown`,
	);

/** The edge where commands run: answers the exit code, 0 to 255. @throws ExecError where the program cannot be started */
export type ExecPod = (pod: Pod, run: ExecRun) => Promise<number>;
