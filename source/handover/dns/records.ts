import {isIPv6} from 'node:net';

/** The records that are asked for. */
export type DnsGiven = {
	/** Fully qualified, without final dot. */
	readonly names: readonly string[];
	/** Of the ingress, IPv4 or IPv6; undefined while nobody knows it. */
	readonly address: string | undefined;
	/** Seconds. */
	readonly ttl: number;
	/** The name server of the answers, `address` or `address:port`; undefined where that of the host is asked. */
	readonly server: string | undefined;
	/** What serves the names, for the operator's page and the cover note. */
	readonly intro: string;
};

/** The same with an address. */
export type Known = DnsGiven & {readonly address: string};

/** The DNS record type of an address (RFC 1035, RFC 3596). */
export const typeOf = (address: string): 'A' | 'AAAA' => (isIPv6(address) ? 'AAAA' : 'A');

/** A name by its first label, and the zone that most likely holds it. */
export const split = (name: string): {readonly label: string; readonly zone: string} => {
	const dot = name.indexOf('.');
	return {label: name.slice(0, dot), zone: name.slice(dot + 1)};
};

/** Zones of the names, each once. */
export const zonesOf = (names: readonly string[]): readonly string[] => [
	...new Set(names.map((name) => split(name).zone)),
];

/** Lines of a hosts file. */
export const hostLines = ({names, address}: Known): readonly string[] => names.map((name) => `${address} ${name}`);
