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
	/** What the names lead to, in words: `the ingress controller`. */
	readonly servedBy: string;
	/** Why and where to, for the operator's page and the cover note. */
	readonly intro: string;
};

/** The same with an address. */
export type Known = DnsGiven & {readonly address: string};

/** The DNS record type of an address (RFC 1035, RFC 3596). */
export const typeOf = (address: string): 'A' | 'AAAA' => (isIPv6(address) ? 'AAAA' : 'A');

const parentOf = (name: string): string => name.slice(name.indexOf('.') + 1);

/**
 * The zone that most likely holds a name: its parent, or where that is a host of its own, what is above it. Where zones are cut is known
 * to the name server alone, so this is for people to read and goes into no command.
 */
export const likelyZone = (name: string, names: readonly string[]): string => {
	const parent = parentOf(name);
	return names.includes(parent) ? likelyZone(parent, names) : parent;
};

/** The zones that most likely hold the names, each once. */
export const likelyZones = (names: readonly string[]): readonly string[] => [
	...new Set(names.map((name) => likelyZone(name, names))),
];

/** Lines of a hosts file. */
export const hostLines = ({names, address}: Known): readonly string[] => names.map((name) => `${address} ${name}`);
