import {isIP} from 'node:net';
import {type ConnectionOptions, checkServerIdentity} from 'node:tls';
import type {DatabaseLogin} from './types.ts';

/**
 * How TLS with the server of a login is made; undefined for none. The name of the certificate is checked against the host of the answers,
 * whatever the library takes for it: of an address it knows none.
 */
export const tlsOptions = ({tls, ca, host, clientCertificate}: DatabaseLogin): ConnectionOptions | undefined => {
	if (tls === 'disable') return undefined;
	const shown = clientCertificate && {cert: clientCertificate.certificate, key: clientCertificate.key};
	// RFC 6066, 3: the name that is told to the server is never an address.
	const told = isIP(host) === 0 ? {servername: host} : {};
	// `require` is encryption without a check, as in libpq's sslmode; the operator chose it by name.
	if (tls === 'require') return {...told, ...shown, rejectUnauthorized: false};
	return {
		...told,
		...shown,
		rejectUnauthorized: true,
		checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
		...(ca !== undefined && {ca}),
	};
};
