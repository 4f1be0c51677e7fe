/** Why a conversation was ended: the code is that of the error, never one that a server can send. */
export type ProtocolCode = 'PROTOCOL_BROKEN' | 'PROTOCOL_FOREIGN' | 'PROTOCOL_LOGIN_METHOD';

/** The error for it; `what` is the login method, or what was sent. */
export const protocolError = (code: ProtocolCode, what: string): Error & {readonly what: string} =>
	Object.assign(new Error(`${code}: ${what}`), {code, what});

/** What was sent, or the login method that was asked for, of such an error; undefined for any other. */
export const whatOf = (error: unknown): string | undefined =>
	error instanceof Error && 'what' in error ? String(error.what) : undefined;
