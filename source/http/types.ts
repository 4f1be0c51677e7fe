/** Names in lower case, as node gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What an answer begins with. */
export type Head = {
	readonly status: number;
	readonly headers: Headers;
	/** How long the server asks to wait before the next request, ms (`Retry-After`, RFC 9110 section 10.2.3). */
	readonly retryAfterMs?: number | undefined;
};

/** An answer with a body that was read whole, and is bounded. */
export type Answer = Head & {readonly body: Buffer};

/** A body of known length. */
export type Body = {
	readonly length: number;
	/**
	 * Its bytes from the first; asked for anew where it has to be sent again. The memory of a chunk may be used again as the `aheadBytes`
	 * of the client allow.
	 */
	readonly chunks: () => AsyncIterable<Buffer>;
	/** Hears the bytes that left this process, absolute. */
	readonly onSent?: ((bytes: number) => void) | undefined;
};

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request. */
export type Call = {
	readonly method: Method;
	readonly url: URL;
	readonly headers?: Readonly<Record<string, string>> | undefined;
	readonly body?: Body | undefined;
	/**
	 * Takes the body of a 200 or 206 piece by piece, with the answer's head; nothing more is read until it is done with a piece. The
	 * `body` of the answer is then empty. Other statuses, and calls without it, are read whole and bounded.
	 */
	readonly receive?: ((chunk: Buffer, head: Head) => void | Promise<void>) | undefined;
	readonly signal: AbortSignal;
	/** In place of those of the client. */
	readonly timeouts?: Timeouts | undefined;
};

/** An answer whose body is taken as it comes. */
export type Stream = Head & {
	/**
	 * Its body, to be read once. @param stall how long it may be silent, ms; for ever where that is not given, as of a body that tells
	 * what happens @throws HttpFailure; the reason of the signal
	 */
	readonly read: (stall?: number) => AsyncIterable<Buffer>;
	/** Ends it, where it has not ended by itself. */
	readonly close: () => void;
};

/** Upper bounds in milliseconds; what is not given has none. */
export type Timeouts = {
	/** Until there is a connection, its TLS included. */
	readonly connect?: number | undefined;
	/** Until the answer begins, once all is sent. */
	readonly answer?: number | undefined;
	/** Without a byte that moves. */
	readonly stall?: number | undefined;
	/** As `answer`, where a body was sent that the server has to keep. */
	readonly commit?: number | undefined;
	/** For the whole of an answer that is not streamed, from its head on: a byte now and then is no standstill, and no answer either. */
	readonly whole?: number | undefined;
	/**
	 * How long to wait for leave to send a body before sending it anyway (RFC 9110 section 10.1.1 allows that). Large bodies ask for
	 * leave; where this is not given, none does.
	 */
	readonly leave?: number | undefined;
	/** From the first packet to the last byte of the answer. */
	readonly total?: number | undefined;
};

/** The environment as far as proxies go: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;
