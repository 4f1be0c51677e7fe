import type {Readable} from 'node:stream';

/** A deed that a key may be kept from. */
export type S3Deed = 'list' | 'read' | 'write' | 'remove';

/** Who may come, and to what. */
export type S3Site = {
	readonly accessKey: string;
	readonly secretKey: string;
	readonly bucket: string;
	readonly region: string;
	/** Deeds that the policy of the bucket denies. */
	readonly denied?: readonly S3Deed[];
	/** Most bytes of one object; more is refused as by a quota. */
	readonly quota?: number;
	/** ms since the epoch. */
	readonly now?: () => number;
};

/** A request as it came. */
export type S3Request = {
	readonly method: string;
	/** Path and query as they were sent. */
	readonly target: string;
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: Readable;
};

/** An error of S3, with its status and what its body says beside the message. */
export class S3Error extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		readonly more: Readonly<Record<string, string>> = {},
	) {
		super(message);
	}
}
