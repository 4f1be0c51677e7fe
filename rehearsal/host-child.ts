import {appendFileSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {toProblem} from '../source/base/problem.ts';
import {type FromChild, type HostOptions, logFile, type ToChild} from './host-messages.ts';
import type {FaultOrder, Rehearsal} from './types.ts';
import {startRehearsal} from './world.ts';

/** Appends to the log of the rehearsal; its folder may not be there yet. */
const writeLog = (directory: string, text: string): void => {
	mkdirSync(directory, {recursive: true, mode: 0o711});
	appendFileSync(join(directory, logFile), `${new Date().toISOString()} ${text}\n`, {mode: 0o600});
};

/**
 * The child's side: starts a rehearsal when the parent says so and ends, saving everything, when told, when the channel
 * to the parent closes (however the parent ended), or on SIGTERM or SIGHUP. SIGINT is the parent's business: a terminal
 * sends it to both. Takes the process it runs in as a parameter, so that only the entry file names it.
 */
export const runHost = (host: NodeJS.Process): void => {
	const stopping = new AbortController();
	let rehearsal: Promise<Rehearsal> | undefined;
	const send = (message: FromChild): void => {
		// A parent that is gone hears nothing; its end is seen by the `disconnect` event.
		if (host.connected) host.send?.(message, undefined, undefined, () => undefined);
	};
	const leave = (): void => {
		if (stopping.signal.aborted) return;
		stopping.abort();
		Promise.resolve(rehearsal)
			.then((running) => running?.stop())
			.then(
				() => host.exit(0),
				() => host.exit(1),
			);
	};
	const begin = (options: HostOptions): void => {
		const log = (text: string): void => {
			writeLog(options.directory, text);
			send({type: 'line', text});
		};
		rehearsal = startRehearsal({...options, log, signal: stopping.signal});
		rehearsal.then(
			({describe, stop: _stop, switchFault: _switch, ...plain}) =>
				send({type: 'started', rehearsal: plain, lines: describe()}),
			(error: unknown) => {
				send({type: 'failed', problem: toProblem(error)});
				leave();
			},
		);
	};
	const obey = async (id: number, order: FaultOrder): Promise<void> => {
		try {
			const running = await rehearsal;
			if (running) send({type: 'switched', id, lines: await running.switchFault(order)});
		} catch (error) {
			send({type: 'not-switched', id, problem: toProblem(error)});
		}
	};
	host.on('message', (message: ToChild) => {
		if (message.type === 'start') begin(message.options);
		else if (message.type === 'fault') void obey(message.id, message.order);
		else leave();
	});
	for (const event of ['disconnect', 'SIGTERM', 'SIGHUP'] as const) host.on(event, leave);
	host.on('SIGINT', () => undefined);
};
