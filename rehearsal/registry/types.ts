/**
 * What shall go wrong next; a mutable value, read at each request, so that a rehearsal can switch faults on and off.
 * Counters go down as faults happen; at 0 a fault is spent.
 */
export type RegistryFaults = {
	/** Cuts the connection of the next `uploads` uploads once that many bytes of their body have come in. */
	dropAfterBytes?: {bytes: number; uploads: number};
	/** Asked for each upload that carries a digest: after how many bytes of its body the connection is cut, if at all. */
	cutUpload?: (repository: string, digest: string, bytes: number) => number | undefined;
	/** Stops reading the next `uploads` uploads after that many bytes; the connection stays open and silent. */
	stallAfterBytes?: {bytes: number; uploads: number};
	/** Answers the next `requests` requests (of `method`, whose path contains `path`) with a status of one's choice. */
	status?: {
		code: number;
		requests: number;
		method?: string;
		path?: string;
		/** Error code and message of the specification's error JSON. */
		error?: string;
		message?: string;
		headers?: Record<string, string>;
	};
	/** Cuts the connection of the next `requests` requests before any answer. */
	drop?: {requests: number; method?: string};
	/** Changes a byte of the manifest in the next `reads` answers to GET. */
	corruptManifest?: {reads: number};
	/** Refuses blobs larger than this, as a proxy with a body limit does (413). */
	maximumBodyBytes?: number;
	/** Refuses uploads that would make the store larger than this (Harbor's words for a full quota). */
	quotaBytes?: number;
	/** Repositories that exist are those of these projects; others get Harbor's 401. */
	projects?: readonly string[];
	/** Waits before each answer, in milliseconds. */
	delayMs?: number;
};

export type RegistryUser = {readonly username: string; readonly password: string};

export type RegistryCounters = {
	requests: number;
	/** Blob uploads opened, and of them completed. */
	uploads: number;
	completed: number;
	mounts: number;
	/** Bytes of blob bodies that came in, also of uploads that broke. */
	receivedBytes: number;
	manifests: number;
	/** Requests refused for want of a login. */
	unauthorized: number;
	tokens: number;
};

export type RegistryOptions = {
	/** TCP port on 127.0.0.1; 0 or absent for a free one. */
	readonly port?: number;
	/** Blobs, manifests and tags; kept when the registry stops. */
	readonly dataDirectory: string;
	/** Absent or empty: no login. */
	readonly users?: readonly RegistryUser[];
	/** How users log in; `bearer` has its token server in the same process. */
	readonly login?: 'basic' | 'bearer';
	readonly faults?: RegistryFaults;
	/** Slows uploads down to a line of that speed, over all connections. May be changed while it runs. */
	readonly pace?: {bytesPerSecond?: number};
	/** PEM: serve over TLS instead of plain HTTP. */
	readonly tls?: {readonly key: string; readonly cert: string};
};

export type RehearsalRegistry = {
	/** `127.0.0.1:PORT`. */
	readonly host: string;
	readonly faults: RegistryFaults;
	readonly pace: {bytesPerSecond?: number};
	readonly counters: RegistryCounters;
	/** True when the repository has the manifest under that tag or digest, and every blob it names. */
	readonly has: (repository: string, reference: string) => Promise<boolean>;
	readonly manifest: (
		repository: string,
		reference: string,
	) => Promise<{readonly mediaType: string; readonly digest: string; readonly bytes: Buffer} | undefined>;
	/** Ends all connections and frees the port; data stays. */
	readonly stop: () => Promise<void>;
};
