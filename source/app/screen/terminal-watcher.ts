import {type ChildProcess, spawn} from 'node:child_process';
import {leaveScreen} from '../base/ending/last-guard.ts';

/**
 * Reads until the program has ended, or says that it has left the terminal whole. A program that was killed says nothing: then the screen
 * is left. The keys are set right only where they are still raw, since the shell may have its own settings by then.
 */
const script = `trap '' INT QUIT TERM HUP
exec 3>&1
while read -r word; do
  case $word in screen) screen=yes ;; whole) exit 0 ;; esac
done
if [ "$screen" = yes ]; then printf '%s' "$0"; fi
case "$(stty -a <&3)" in *-isig*) stty sane <&3 ;; esac`;

/** Watches over a terminal for the time that the program has it. */
export type TerminalWatcher = {
	/** From here on there is a screen to be left. */
	readonly onScreen: () => void;
	/** The terminal was left as it was found: the watcher ends. Does nothing the second time. */
	readonly whole: () => void;
};

const nobody: TerminalWatcher = {onScreen: () => undefined, whole: () => undefined};

/** The shell in a session of its own, which keys and signals to the program's group do not reach; undefined where there is none. */
const startShell = (terminal: number): ChildProcess | undefined => {
	try {
		const shell = spawn('/bin/sh', ['-c', script, leaveScreen], {
			stdio: ['pipe', terminal, 'ignore'],
			detached: true,
			env: {PATH: '/usr/bin:/bin'},
		});
		// No shell, no processes left, or a shell that was ended: the program goes on without it.
		shell.on('error', () => undefined);
		shell.stdin?.on('error', () => undefined);
		shell.unref();
		return shell;
	} catch {
		// Limits of this host: a program that is not killed leaves the terminal by itself.
		return undefined;
	}
};

/**
 * Begins to watch over a terminal: a small shell holds the reading end of a pipe, and gives the terminal back when this program has ended
 * without a word, which only kill -9 and a crash of Node itself do.
 * @param fd the terminal; undefined where there is none @param atExit registers what is done when the program ends in order
 */
export const watchTerminal = (
	fd: number | undefined,
	atExit: ((deed: () => void) => void) | undefined,
): TerminalWatcher => {
	const shell = fd === undefined || atExit === undefined ? undefined : startShell(fd);
	const stdin = shell?.stdin;
	if (!stdin) return nobody;
	let isOver = false;
	const whole = (): void => {
		if (isOver) return;
		isOver = true;
		stdin.end('whole\n');
	};
	// Also where the program leaves at once: what it has on the screen then is left by itself.
	atExit?.(whole);
	return {onScreen: () => stdin.write('screen\n'), whole};
};
