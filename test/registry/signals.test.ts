import {once} from 'node:events';
import net from 'node:net';
import {expect, test} from 'vitest';
import {listening} from '../helpers/loopback.ts';
import {setting, start} from './push-command.ts';

/** Signals that would end a program that does not hear them, and the reason that is told (signal(7)). */
const reasons: readonly (readonly [NodeJS.Signals, string])[] = [
	['SIGINT', 'Ctrl-C (SIGINT)'],
	['SIGTERM', 'it got SIGTERM'],
	['SIGHUP', 'the terminal went away'],
	['SIGQUIT', 'it got SIGQUIT'],
	['SIGUSR1', 'it got SIGUSR1'],
	['SIGUSR2', 'it got SIGUSR2'],
	['SIGALRM', 'it got SIGALRM'],
	['SIGVTALRM', 'it got SIGVTALRM'],
	['SIGXCPU', 'its limit on processor time is used up'],
	['SIGXFSZ', 'a file would have outgrown its limit on file size'],
	['SIGIO', 'it got SIGIO'],
	['SIGPWR', 'the power fails'],
	['SIGSTKFLT', 'it got SIGSTKFLT'],
];

test.each(reasons)(
	'%s stops the program at a safe point, which says why and how it goes on',
	async (signal, reason) => {
		const silent = net.createServer();
		const port = await listening(silent);
		const {layout, state} = await setting();
		const words = ['--bundle', layout, '--to', `127.0.0.1:${port}/zenml`, '--plain-http', '--state-dir', state];
		const {child, result} = start(words);
		await once(silent, 'connection');
		child.kill(signal);
		const {code, err} = await result();
		expect([code, err]).toEqual([130, expect.stringContaining(reason)]);
		expect(err).not.toMatch(/unexpected|Debugger/u);
	},
);
