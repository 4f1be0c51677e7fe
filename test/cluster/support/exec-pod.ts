import {spawn} from 'node:child_process';
import {pipeline} from 'node:stream/promises';
import {type ExecPod, noProgram} from '../../../rehearsal/kubernetes/index.ts';

/** Exit codes of what a signal ended. */
const signals: Readonly<Record<string, number>> = {SIGKILL: 137, SIGTERM: 143};

/** Commands in played containers run for real, on this host. */
export const execHere: ExecPod = (_pod, {command: [program = '', ...args], stdin, stdout, stderr, signal}) =>
	new Promise((resolve, reject) => {
		const child = spawn(program, args, {signal, killSignal: 'SIGKILL'});
		child.once('error', () => reject(noProgram(program)));
		child.once('spawn', () => {
			// A program that leaves its stdin breaks the pipe.
			pipeline(stdin, child.stdin).catch(() => undefined);
			const out = Promise.allSettled([
				pipeline(child.stdout, stdout, {end: false}),
				pipeline(child.stderr, stderr, {end: false}),
			]);
			child.once('exit', (code, ended) => {
				out.then(() => resolve(code ?? signals[String(ended)] ?? 1));
			});
		});
	});
