import {isIP} from 'node:net';
import {duplexPair} from 'node:stream';
import {checkServerIdentity, connect, createSecureContext, TLSSocket} from 'node:tls';
import {printable} from '../base/printable.ts';
import type {Problem} from '../base/problem.ts';
import type {CaseOf} from '../base/problem-table.ts';
import {cutTo} from '../base/text.ts';
import {networkProblems} from './problems.ts';

/** PEM of a server's certificate with its intermediates, its key, and the only CA that its client trusts. */
type Pair = {readonly certificate: string; readonly key: string; readonly ca: string};

// In memory it takes some milliseconds; a host that is this busy says nothing about a certificate.
const handshakeMs = 30_000;

// The server shows what it has; the client is as strict as OpenSSL 3.5 and browsers are by default, whatever this process was told.
const lenient = 'DEFAULT@SECLEVEL=0';
const strict = 'DEFAULT@SECLEVEL=2';

/** Shakes hands over a pipe in memory: no port, no name server. Resolves in an error where the client hangs up. */
const shakeHands = async ({certificate, key, ca}: Pair, hosts: readonly string[]): Promise<Error | undefined> =>
	new Promise((resolve) => {
		const [here, there] = duplexPair();
		const secureContext = createSecureContext({cert: certificate, key, ciphers: lenient, minVersion: 'TLSv1.2'});
		const server = new TLSSocket(there, {isServer: true, secureContext});
		const [host = ''] = hosts;
		const client = connect({
			socket: here,
			ca,
			rejectUnauthorized: true,
			minVersion: 'TLSv1.2',
			ciphers: strict,
			servername: isIP(host) ? '' : host,
			checkServerIdentity: (_name, shown) => hosts.map((one) => checkServerIdentity(one, shown)).find(Boolean),
		});
		const end = (error?: Error): void => {
			clearTimeout(timer);
			client.destroy();
			server.destroy();
			resolve(error);
		};
		const timer = setTimeout(() => end(new Error('it came to no end in time')), handshakeMs);
		client.once('secureConnect', () => end());
		client.on('error', end);
		// The client tells why; what its server hears is the alert of that.
		server.on('error', () => undefined);
	});

type Case = CaseOf<typeof networkProblems.table, 'tls-clients-refuse'>;

/** Texts of OpenSSL (crypto/x509/x509_txt.c). */
const cases: readonly (readonly [RegExp, Extract<Case, 'name constraints' | 'path length' | 'purpose' | 'weak'>])[] = [
	[/subtree violation|name constraint/iu, 'name constraints'],
	[/path length/iu, 'path length'],
	[/purpose|invalid CA certificate|key ?usage/iu, 'purpose'],
	[/too weak|too small|MD_TOO_WEAK/iu, 'weak'],
];

const refusal = (error: Error, file: string): Problem => {
	const words = cutTo(printable(error.message.trim()), 200);
	const found = cases.find(([pattern]) => pattern.test(words))?.[1] ?? 'other';
	return networkProblems.problem('tls-clients-refuse', {case: found, file, words}, {location: {file}});
};

/** Dates are judged with the clock that the caller gives. */
const isOfDates = (error: Error): boolean => /expired|not yet valid/iu.test(error.message);

/**
 * What a strict client says of a server with this certificate: name constraints, path lengths, usages and all else that OpenSSL
 * looks at. @param hosts names that the client asks for
 */
export const checkHandshake = async (
	pair: Pair,
	hosts: readonly string[],
	file: string,
): Promise<readonly Problem[]> => {
	try {
		const error = await shakeHands(pair, hosts);
		return error === undefined || isOfDates(error) ? [] : [refusal(error, file)];
	} catch (error) {
		// OpenSSL does not take such a certificate or key at all.
		return [refusal(error as Error, file)];
	}
};
