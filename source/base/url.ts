import {isIPv6} from 'node:net';

/** A host as it stands in a URL: an IPv6 address in brackets (RFC 3986 §3.2.2). */
export const urlHost = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

/** `https://HOST[:PORT]`, without the port where it is 443. */
export const httpsUrl = (host: string, port: number): string =>
	`https://${urlHost(host)}${port === 443 ? '' : `:${port}`}`;
