import {writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Context} from './source/app/base/context.ts';
import {createLastGuard, lastWords} from './source/app/base/ending/last-guard.ts';
import {createLeaving} from './source/app/base/ending/leaving.ts';
import {homeOf, hostNameOf, userNameOf, workingFolderOf} from './source/app/base/surroundings.ts';
import {asksBackground, drawsScreens, isAscii, lightness, signalsOf, wantsColor} from './source/app/base/terminal.ts';
import {main} from './source/app/main.ts';
import {systemClock} from './source/base/clock.ts';
import {asciiMarks} from './source/base/printable.ts';
import {exitCodes} from './source/base/problem.ts';
import {createRedactor} from './source/base/redact.ts';

declare const ZENML_AIRGAP_VERSION: string | undefined;

/**
 * Signals that end a program where it does not hear them (signal(7)). Node keeps SIGPIPE and those of faults for itself, and
 * opens its debugger to every user of this host on a SIGUSR1 that nobody hears;
 * after SIGKILL only helm's keeper is left to tidy up.
 */
const stopSignals = [
	'SIGINT',
	'SIGTERM',
	'SIGHUP',
	'SIGQUIT',
	'SIGUSR1',
	'SIGUSR2',
	'SIGALRM',
	'SIGVTALRM',
	'SIGXCPU',
	'SIGXFSZ',
	'SIGIO',
	'SIGPWR',
	'SIGSTKFLT',
] as const;

/** Those that a person sends again to say that it is urgent; of the others several may come of one cause. */
const insistent: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGQUIT']);

/** Why it is stopped, where the name of the signal alone does not say it. */
const stopReasons: Partial<Record<NodeJS.Signals, string>> = {
	SIGINT: 'Ctrl-C (SIGINT)',
	SIGHUP: 'the terminal went away',
	SIGXCPU: 'its limit on processor time is used up',
	SIGXFSZ: 'a file would have outgrown its limit on file size',
	SIGPWR: 'the power fails',
};

const leaving = createLeaving((exitCode) => process.exit(exitCode));

/** First signal: stop at a safe point. A second one leaves at once, with the journal on disk, so both can be resumed. */
const stopOnSignals = (): AbortSignal => {
	const stop = new AbortController();
	for (const name of stopSignals) {
		process.on(name, () => {
			if (stop.signal.aborted && insistent.has(name)) void leaving.leave(130);
			stop.abort(new Error(stopReasons[name] ?? `it got ${name}`));
		});
	}
	return stop.signal;
};

const {stdin, stdout, stderr} = process;
const env = {...process.env};
// It would count for every connection of this process; `main` tells that it is set.
delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
const guard = createLastGuard((error) => {
	const write = (to: 'stdout' | 'stderr', text: string): void => {
		writeSync(to === 'stdout' ? 1 : 2, text);
	};
	process.exit(lastWords(error, {stdin, stdout, write}, process.argv.includes('--json')));
});
for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, guard.take);
const redactor = createRedactor();
let lost: NodeJS.ErrnoException | undefined;
for (const stream of [stdout, stderr]) {
	// A closed pipe or a terminal that is gone must not turn a safe stop into a crash; a full disk must not pass for success.
	stream.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code !== 'EPIPE' && error.code !== 'EIO') lost ??= error;
	});
}
const screen = stdin.isTTY === true && stdout.isTTY === true && drawsScreens(env);
// What draws would take a terminal that it does not know, or a CI beside one, for one without colours, and show no cursor, which is no
// colour. Whether there are any is decided here.
if (screen) {
	process.env.FORCE_COLOR = '1';
	delete process.env.NO_COLOR;
}
const ascii = isAscii(env);
/** A file or pipe gets all as it is. */
const shown = (text: string, {isTTY}: {readonly isTTY?: boolean}): string =>
	ascii && isTTY === true ? asciiMarks(text) : text;
const context: Context = {
	version: typeof ZENML_AIRGAP_VERSION === 'string' ? ZENML_AIRGAP_VERSION : '0.0.0-source',
	environment: env,
	homeDirectory: homeOf(env),
	workingDirectory: workingFolderOf(() => process.cwd(), env),
	temporaryDirectory: tmpdir(),
	hostName: hostNameOf(),
	userName: userNameOf(process.getuid?.(), env),
	userId: process.getuid?.(),
	pid: process.pid,
	clock: systemClock,
	redactor,
	out: (text) => stdout.write(shown(text, stdout)),
	err: (text) => stderr.write(shown(text, stderr)),
	signal: stopOnSignals(),
	interrupt: () => process.kill(process.pid, 'SIGINT'),
	screen,
	color: wantsColor(env),
	light: lightness(env),
	asksBackground: asksBackground(env),
	ascii,
	signals: signalsOf(env),
	stdin,
	stdout,
	stderr,
	programDirectory: path.dirname(fileURLToPath(import.meta.url)),
	nodeArguments: process.execArgv,
	startedByNpm: env.ZENML_AIRGAP_START === 'npm',
	hearFaults: guard.hear,
	atExit: (deed) => process.once('exit', deed),
	...leaving,
};
const leave = (): void => {
	if (lost === undefined) process.exit();
	stderr.write(`The output could not be written: ${lost.message}\n`, () =>
		process.exit(process.exitCode || exitCodes.usage),
	);
};
// Not awaited here: the one executable is CommonJS, which knows no await at its top. `main` never throws; what does goes to the guard.
void main(context, process.argv.slice(2)).then((exitCode) => {
	process.exitCode = exitCode;
	// A forgotten handle must not keep the operator waiting; what is written to a pipe still gets out.
	stdout.write('', () => stderr.write('', () => setImmediate(leave)));
});
