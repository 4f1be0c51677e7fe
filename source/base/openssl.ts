import {errnoOf} from './errno.ts';

/** What OpenSSL says of bytes that are not the TLS that it waits for. */
export type TlsReason = 'wrong version number' | 'packet length too long' | 'unexpected message';

const byCode: ReadonlyMap<string, TlsReason> = new Map([
	['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number'],
	['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'packet length too long'],
	['ERR_SSL_UNEXPECTED_MESSAGE', 'unexpected message'],
]);

/** Reasons of the SSL library (openssl/sslerr.h) as they stand in its packed error codes, in hex. */
const byNumber: ReadonlyMap<string, TlsReason> = new Map([
	['0A00010B', 'wrong version number'],
	['0A0000C6', 'packet length too long'],
	['0A0000F4', 'unexpected message'],
]);

/**
 * Why a TLS connection broke down, where it is one of the reasons that tell of another protocol; undefined for all others.
 * While Node is still writing, its code is EPROTO alone and OpenSSL's code stands in the text.
 */
export const tlsReasonOf = (error: unknown): TlsReason | undefined => {
	const code = errnoOf(error) ?? '';
	if (code !== 'EPROTO' || !(error instanceof Error)) return byCode.get(code);
	return byNumber.get(/:error:([0-9A-F]{8}):/u.exec(error.message)?.[1] ?? '');
};
