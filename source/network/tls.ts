import {readPair} from './pair.ts';
import {hostTrusts} from './trust-store.ts';
import type {TlsPort} from './types.ts';

/** The TLS port. @param options.trustStore file with the CAs this host trusts; by default where distributions keep it. */
export const createTls = (options: {readonly trustStore?: string | undefined} = {}): TlsPort => ({
	readPair,
	hostTrusts: async (ca, now = Date.now()) => hostTrusts(ca, options.trustStore, now),
});
