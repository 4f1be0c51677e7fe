/**
 * The protocol of `pods/exec` over a WebSocket (k8s.io/apimachinery, pkg/util/remotecommand): each message is binary and begins
 * with the number of its channel.
 */
const channels = {stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255} as const;

/** The older one says no end of stdin; Kubernetes speaks the newer one from 1.30 on. */
export const protocols = {newer: 'v5.channel.k8s.io', older: 'v4.channel.k8s.io'} as const;

/** Bytes of stdin in one message, as kubectl sends them. */
const mostInFrame = 32 * 1024;

/** The messages that carry a piece of stdin. */
export const stdinFrames = (chunk: Buffer): readonly Buffer[] =>
	Array.from({length: Math.ceil(chunk.length / mostInFrame)}, (_none, index) =>
		Buffer.concat([Buffer.of(channels.stdin), chunk.subarray(index * mostInFrame, (index + 1) * mostInFrame)]),
	);

/** Says that stdin has ended; of the newer protocol alone. */
export const stdinEnd: Buffer = Buffer.of(channels.close, channels.stdin);

/** What a message of the server holds. */
export type Frame = {readonly of: 'stdout' | 'stderr' | 'status' | 'nothing'; readonly bytes: Buffer};

const kinds: Readonly<Record<number, 'stdout' | 'stderr' | 'status'>> = {
	[channels.stdout]: 'stdout',
	[channels.stderr]: 'stderr',
	[channels.status]: 'status',
};

/** Reads a message of the server; undefined for one that is none of this protocol. Empty ones greet each channel. */
export const readFrame = (message: Buffer): Frame | undefined => {
	const [channel, about] = message;
	if (channel === undefined) return undefined;
	const bytes = message.subarray(1);
	if (channel === channels.close)
		return message.length === 2 && about !== undefined && about <= channels.status ? {of: 'nothing', bytes} : undefined;
	if (bytes.length === 0) return channel <= channels.status ? {of: 'nothing', bytes} : undefined;
	const of = kinds[channel];
	return of && {of, bytes};
};
