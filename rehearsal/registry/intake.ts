import {once} from 'node:events';
import {createWriteStream} from 'node:fs';
import type {IncomingMessage} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import type {RegistryCounters, RegistryFaults} from './types.ts';

/** A line of limited speed, shared by all uploads. */
export const createPace = (pace: {bytesPerSecond?: number}) => {
	let free = 0;
	return async (bytes: number): Promise<void> => {
		const {bytesPerSecond} = pace;
		if (!bytesPerSecond) return;
		const now = performance.now();
		free = Math.max(free, now) + (bytes / bytesPerSecond) * 1000;
		await sleep(free - now);
	};
};

const take = (fault: {uploads: number; bytes: number} | undefined): number | undefined => {
	if (!fault || fault.uploads <= 0) return undefined;
	fault.uploads--;
	return fault.bytes;
};

/**
 * Appends a request's body to an upload's file. What has come in stays there when the line breaks.
 * @returns bytes received; -1 when a fault cut or silenced the connection, so that no answer is due
 */
export const receive = async (
	request: IncomingMessage,
	file: string,
	start: number,
	tools: {
		readonly faults: RegistryFaults;
		readonly counters: RegistryCounters;
		readonly wait: (bytes: number) => Promise<void>;
		/** Cuts the connection after that many bytes. */
		readonly cutAt?: number | undefined;
	},
): Promise<number> => {
	const {faults, counters, wait} = tools;
	const dropAt = tools.cutAt ?? take(faults.dropAfterBytes);
	const stallAt = dropAt === undefined ? take(faults.stallAfterBytes) : undefined;
	const output = createWriteStream(file, {flags: 'r+', start});
	let received = 0;
	try {
		for await (const piece of request) {
			const chunk = piece as Buffer;
			received += chunk.length;
			counters.receivedBytes += chunk.length;
			if (!output.write(chunk)) await once(output, 'drain');
			await wait(chunk.length);
			if (dropAt !== undefined && received >= dropAt) {
				request.socket.destroy();
				return -1;
			}
			if (stallAt !== undefined && received >= stallAt) {
				request.pause();
				if (!request.socket.destroyed) await once(request.socket, 'close');
				return -1;
			}
		}
	} catch {
		// The client went away: its bytes are kept for the upload to go on.
		return -1;
	} finally {
		output.end();
		if (!output.closed) await once(output, 'close');
	}
	return received;
};
