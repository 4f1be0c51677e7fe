import {spawn} from 'node:child_process';
import type {Ending} from './keeper.ts';
import type {KeptOrder, KeptProgram} from './kept-program.ts';

/** What a program that only reads holds open after its end is not waited for longer, ms. */
const closingMs = 1000;

type Told = (ending: Ending) => void;

/** Most errors of a start come as an event; ENOEXEC, and arguments that cannot be given, are thrown. */
const spawnOrTell = ({binary, args, environment}: Pick<KeptOrder, 'binary' | 'args' | 'environment'>, tell: Told) => {
	try {
		return spawn(binary, args, {env: environment, stdio: 'pipe'});
	} catch (error) {
		const {code = 'UNKNOWN', message} = error as NodeJS.ErrnoException;
		tell({errno: code, message});
		return undefined;
	}
};

/**
 * Starts a program that changes nothing, without a keeper: killed with -9 we leave at most a reader, which ends with the pipe that nobody
 * reads any more. A keeper would cost the start of a Node for each of a dozen looks in a run.
 */
export const startDirect = ({
	binary,
	args,
	environment,
	input,
	graceMs,
	onOutput,
	onErrors,
}: Omit<KeptOrder, 'record'>): KeptProgram => {
	let timer: NodeJS.Timeout | undefined;
	let stop = (): void => undefined;
	const ended = new Promise<Ending>((resolve) => {
		const child = spawnOrTell({binary, args, environment}, resolve);
		if (!child) return;
		child.stdout.on('data', onOutput);
		child.stderr.on('data', onErrors);
		// A program that does not read its input says so by its end.
		child.stdin.on('error', () => undefined);
		child.stdin.end(input);
		child.once('error', ({code = 'UNKNOWN', message}: NodeJS.ErrnoException) => resolve({errno: code, message}));
		child.once('exit', (exitCode, signal) => {
			clearTimeout(timer);
			const close = (): void => {
				for (const stream of [child.stdout, child.stderr]) stream.destroy();
			};
			const closing = setTimeout(close, closingMs);
			child.once('close', () => {
				clearTimeout(closing);
				resolve({exitCode: exitCode ?? undefined, signal: signal ?? undefined});
			});
		});
		stop = () => {
			child.kill('SIGTERM');
			timer ??= setTimeout(() => child.kill('SIGKILL'), graceMs);
		};
	});
	return {ended, stop: () => stop()};
};
