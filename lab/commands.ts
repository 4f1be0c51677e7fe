import {spawn} from 'node:child_process';
import {LabError} from './report.ts';

export type CommandOptions = {
	readonly cwd?: string;
	readonly env?: NodeJS.ProcessEnv;
	readonly input?: string;
	readonly uid?: number;
	readonly gid?: number;
	/** Milliseconds after which the command is killed; 60 s unless told. */
	readonly timeoutMs?: number;
};

/**
 * Runs a program to its end and hands back its standard output.
 * @throws LabError with the last lines of its error output when it ends with anything but 0, cannot start, or takes too long.
 */
export const runCommand = (program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> =>
	new Promise((done, reject) => {
		const {input, timeoutMs = 60_000, ...rest} = options;
		const child = spawn(program, [...args], {...rest, stdio: 'pipe', timeout: timeoutMs, killSignal: 'SIGKILL'});
		let out = '';
		let errors = '';
		child.stdout.on('data', (chunk: Buffer) => {
			out += chunk.toString('utf8');
		});
		child.stderr.on('data', (chunk: Buffer) => {
			errors = `${errors}${chunk.toString('utf8')}`.slice(-4000);
		});
		child.once('error', (error) => reject(new LabError(`${program} cannot be started: ${error.message}`)));
		child.once('close', (code, signal) => {
			if (code === 0) done(out);
			else
				reject(
					new LabError(
						`${[program, ...args].join(' ').slice(0, 300)} ended with ${code ?? signal}: ${errors.trim().split('\n').slice(-8).join('\n')}`,
					),
				);
		});
		// A program may end before it has read everything; its exit code tells the story.
		child.stdin.on('error', () => undefined);
		child.stdin.end(input ?? '');
	});
