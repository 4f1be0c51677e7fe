import {checkServerIdentity, type TLSSocket} from 'node:tls';
import {createConnection} from 'mysql2/promise';
import pg from 'pg';
import type {Engine} from './types.ts';

/** A login as the script of a probe pod makes it: at the address that the pod found for the name. */
export type PodLogin = {
	readonly engine: Engine;
	readonly host: string;
	readonly address: string;
	readonly port: number;
	readonly tls: string;
	readonly username: string;
	readonly database: string;
	readonly password: string;
	readonly ca: string;
	readonly cert?: string | undefined;
	readonly key?: string | undefined;
};

type Welcome = {readonly version: string; readonly tls: string};

const connectTimeoutMs = 15_000;

const tlsOf = ({tls, ca, cert, key}: PodLogin) => ({
	...(cert !== undefined && key !== undefined && {cert, key}),
	...(tls === 'verify-full' ? {ca: [ca], rejectUnauthorized: true} : {rejectUnauthorized: false}),
});

const protocolOf = (stream: unknown): string => (stream as Partial<TLSSocket>).getProtocol?.() ?? 'none';

/** mysql2 says nothing of a name that it does not know: the name that stands in the answers is compared here. */
const refuseOtherName = ({tls, host}: PodLogin, stream: unknown): void => {
	const error = tls === 'verify-full' && checkServerIdentity(host, (stream as TLSSocket).getPeerCertificate());
	if (error) throw error;
};

type Inner = {readonly stream: unknown; readonly _handshakePacket?: {readonly serverVersion?: string}};

const atMysql = async (login: PodLogin): Promise<Welcome> => {
	const {address: host, port, username: user, password, database, tls} = login;
	const connection = await createConnection({
		...{host, port, user, password, connectTimeout: connectTimeoutMs},
		...(database !== '' && {database}),
		...(tls !== 'disable' && {ssl: {...tlsOf(login), verifyIdentity: false}}),
	});
	connection.on('error', () => undefined);
	try {
		const {stream, _handshakePacket} = (connection as unknown as {readonly connection: Inner}).connection;
		refuseOtherName(login, stream);
		return {version: _handshakePacket?.serverVersion ?? '', tls: protocolOf(stream)};
	} finally {
		await connection.end().catch(() => undefined);
	}
};

const atPostgres = async (login: PodLogin): Promise<Welcome> => {
	const {address, port, username: user, password, database, tls, host} = login;
	const checkName = {
		checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
			checkServerIdentity(host, certificate),
	};
	const client = new pg.Client({
		...{host: address, port, user, password, database, connectionTimeoutMillis: connectTimeoutMs},
		ssl: tls !== 'disable' && {...tlsOf(login), ...(tls === 'verify-full' && checkName)},
	});
	client.on('error', () => undefined);
	try {
		await client.connect();
		const {rows} = await client.query<{server_version: string}>('SHOW server_version');
		const {stream} = (client as unknown as {readonly connection: {readonly stream: unknown}}).connection;
		return {version: rows[0]?.server_version ?? '', tls: protocolOf(stream)};
	} finally {
		await client.end().catch(() => undefined);
	}
};

/** Logs in and out; no TLS, another certificate or a refusal ends it, as in the script. */
export const logInFromPod = async (login: PodLogin): Promise<Welcome> =>
	login.engine === 'mysql' ? atMysql(login) : atPostgres(login);

/** What the script prints of a failure: OpenSSL's codes of a certificate, the server's own of a refusal. */
export type PodRefusal = {readonly kind: string; readonly error: string; readonly code?: string | number};

/** OpenSSL's codes by its words (x509_vfy.h). */
const verifyCodes: readonly (readonly [words: RegExp, code: number])[] = [
	[/certificate has expired/iu, 10],
	[/self.signed certificate in certificate chain/iu, 19],
	[/self.signed certificate/iu, 18],
	// Node goes on to the leaf where Python stops at the issuer that it lacks.
	[/local issuer|verify the first certificate/iu, 20],
];

/** A failure in the words of the script, where it is one of TLS or of the login; undefined for one of the network. */
export const podRefusalOf = (error: unknown): PodRefusal | undefined => {
	const {
		code = '',
		message = '',
		errno,
		sqlMessage,
		severity,
	} = error as {
		readonly [Name in 'code' | 'message' | 'sqlMessage' | 'severity']?: string;
	} & {readonly errno?: number};
	if (sqlMessage !== undefined && errno !== undefined) return {kind: 'login', error: sqlMessage, code: errno};
	if (severity !== undefined) return {kind: 'login', error: message, code};
	if (code === 'HANDSHAKE_NO_SSL_SUPPORT' || /does not support SSL/u.test(message))
		return {kind: 'tls-not-offered', error: 'it offers no TLS'};
	if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return {kind: 'certificate', error: message, code: 62};
	const untrusted = verifyCodes.find(([words]) => words.test(message));
	if (untrusted) return {kind: 'certificate', error: message, code: untrusted[1]};
	return /timeout expired/u.test(message) ? {kind: 'timeout', error: message} : undefined;
};
