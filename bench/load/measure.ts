import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';

/** A program that has ended well. Times from its start to its end; memory is the most that was resident (VmHWM of proc(5)). */
export type Measured = {
	readonly wallMs: number;
	/** Processor time, own and the system's, all threads. */
	readonly cpuMs: number;
	readonly peakMb: number;
	readonly stdout: string;
};

/** Linux counts processor time in hundredths of a second for programs (`getconf CLK_TCK`). */
const tickMs = 10;
const sampleMs = 15;

/** Processor time of children that have ended, in ms (proc(5), stat, fields 16 and 17). */
const childrenMs = (): number => {
	const text = readFileSync('/proc/self/stat', 'latin1');
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[13]) + Number(fields[14])) * tickMs;
};

const peakOf = (pid: number): number => {
	try {
		return Number(/^VmHWM:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;
	} catch {
		return 0;
	}
};

/**
 * Runs a program to its end. Its peak of memory is read every 15 ms, so what it takes in its last moments may be missed.
 * @throws Error with its last words when it ends with anything but 0, or not within `limitMs`
 */
export const measure = async (
	command: readonly string[],
	options: {readonly input?: string; readonly environment?: NodeJS.ProcessEnv; readonly limitMs?: number} = {},
): Promise<Measured> => {
	const {input = '', environment = process.env, limitMs = 1_200_000} = options;
	const [program = '', ...words] = command;
	const cpuBefore = childrenMs();
	const before = performance.now();
	const child = spawn(program, words, {env: environment, timeout: limitMs, killSignal: 'SIGKILL', stdio: 'pipe'});
	let [stdout, stderr, peakMb] = ['', '', 0];
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr = `${stderr}${text}`.slice(-4000);
	});
	const end = (): void => void child.kill('SIGKILL');
	process.prependOnceListener('exit', end);
	child.stdin.on('error', () => undefined);
	child.stdin.end(input);
	const sample = setInterval(() => {
		peakMb = Math.max(peakMb, peakOf(child.pid ?? 0));
	}, sampleMs);
	try {
		const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
		const wallMs = performance.now() - before;
		if (code !== 0) throw new Error(`${command.join(' ').slice(0, 400)} ended with ${code ?? signal}:\n${stderr}`);
		return {wallMs, cpuMs: childrenMs() - cpuBefore, peakMb, stdout};
	} finally {
		clearInterval(sample);
		process.off('exit', end);
	}
};
