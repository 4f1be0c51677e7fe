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

/** Why an exchange did not come to its end. Rooms say it in their own words. */
export class HttpFailure extends Error {
	readonly kind: FailureKind;
	readonly stage: Stage;
	readonly sentBytes: number;
	readonly waitedMs: number;
	constructor(kind: FailureKind, {stage, sentBytes, waitedMs = 0}: FailedAt, options?: ErrorOptions) {
		super(`HTTP failed by ${kind} at ${stage}`, options);
		this.name = 'HttpFailure';
		this.kind = kind;
		this.stage = stage;
		this.sentBytes = sentBytes;
		this.waitedMs = waitedMs;
	}
}
