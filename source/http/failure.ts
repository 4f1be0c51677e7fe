/**
 * How far an exchange came: no connection yet, TLS being agreed, asking for leave to send, sending a body, waiting for the server to
 * confirm a body, waiting for an answer, reading it.
 */
export type Stage = 'connect' | 'handshake' | 'leave' | 'send' | 'confirm' | 'answer' | 'receive';

/**
 * `connection`: it failed, and `cause` is the error of node or the operating system. `silence`: nothing moved for too long. `slowness`:
 * it moved, but did not end in time. `length`: the answer is longer than the bound. `identity`: the client certificate cannot be used.
 */
export type FailureKind = 'connection' | 'silence' | 'slowness' | 'length' | 'identity';

/** When an exchange failed. */
export type FailedAt = {
	readonly stage: Stage;
	/** Bytes of its body that had left this process; more than none means that the line was dropped, not refused. */
	readonly sentBytes: number;
	/** How long it was waited, ms. */
	readonly waitedMs?: number | undefined;
};

const inSeconds = (ms: number): string => `${ms / 1000} s`;

/** What happened, for a line of evidence. */
const said: Readonly<Record<FailureKind, (at: FailedAt, cause: unknown) => string>> = {
	connection: (_at, cause) => (cause instanceof Error ? cause.message : 'the connection failed'),
	silence: ({waitedMs = 0}) => `nothing moved within ${inSeconds(waitedMs)}`,
	slowness: ({waitedMs = 0}) => `it did not end within ${inSeconds(waitedMs)}`,
	length: () => 'the answer is longer than any that is expected',
	identity: () => 'the client certificate cannot be used',
};

/** Why an exchange did not come to its end. Rooms say it in their own words. */
export class HttpFailure extends Error {
	readonly kind: FailureKind;
	readonly stage: Stage;
	readonly sentBytes: number;
	readonly waitedMs: number;
	constructor(kind: FailureKind, at: FailedAt, options: ErrorOptions = {}) {
		super(said[kind](at, options.cause), options);
		this.name = 'HttpFailure';
		this.kind = kind;
		this.stage = at.stage;
		this.sentBytes = at.sentBytes;
		this.waitedMs = at.waitedMs ?? 0;
	}
}
