import {once} from 'node:events';
import {createWriteStream} from 'node:fs';
import type {IncomingMessage} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Registry} from './call.ts';
import type {RegistryFaults} from './types.ts';

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

type Spendable = {uploads: number; bytes: number};

const take = (fault: Spendable | undefined): number | undefined => {
	if (!fault || fault.uploads <= 0) return undefined;
	fault.uploads--;
	return fault.bytes;
};

/** After how many bytes an upload is cut, or goes silent. */
type Break = {readonly how: 'cut' | 'silent'; readonly at: number};

const breakOf = ({dropAfterBytes, stallAfterBytes}: RegistryFaults, cutAt: number | undefined): Break | undefined => {
	const dropAt = cutAt ?? take(dropAfterBytes);
	if (dropAt !== undefined) return {how: 'cut', at: dropAt};
	const stallAt = take(stallAfterBytes);
	return stallAt === undefined ? undefined : {how: 'silent', at: stallAt};
};

/** Ends a connection as a broken line does; a silent one is waited for until the client gives up. */
const breakOff = async (request: IncomingMessage, how: Break['how']): Promise<void> => {
	if (how === 'cut') {
		request.socket.destroy();
		return;
	}
	request.pause();
	if (!request.socket.destroyed) await once(request.socket, 'close');
};

/** Writes a body piece by piece; undefined when a fault broke it off. */
const copyBody = async (
	request: IncomingMessage,
	output: NodeJS.WritableStream,
	{counters, wait}: Registry,
	fault: Break | undefined,
): Promise<number | undefined> => {
	let received = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		received += chunk.length;
		counters.receivedBytes += chunk.length;
		if (!output.write(chunk)) await once(output, 'drain');
		await wait(chunk.length);
		if (!fault || received < fault.at) continue;
		await breakOff(request, fault.how);
		return undefined;
	}
	return received;
};

/**
 * Appends a request's body to an upload's file. What has come in stays there when the line breaks.
 * @param cutAt cuts the connection after that many bytes
 * @returns bytes received; undefined when the line broke, so that no answer is due
 */
export const receive = async (
	request: IncomingMessage,
	file: {readonly path: string; readonly start: number},
	registry: Registry,
	cutAt: number | undefined,
): Promise<number | undefined> => {
	const output = createWriteStream(file.path, {flags: 'r+', start: file.start});
	try {
		return await copyBody(request, output, registry, breakOf(registry.faults, cutAt));
	} catch {
		// The client went away: its bytes are kept for the upload to go on.
		return undefined;
	} finally {
		output.end();
		if (!output.closed) await once(output, 'close');
	}
};
