import {BlockList, isIP} from 'node:net';
import type {ProxyEnvironment} from './types.ts';

/*
 * NO_PROXY as Go reads it (golang.org/x/net/http/httpproxy), and so Helm, containerd, skopeo and crane; curl reads the same forms. Node's
 * own agents know neither networks nor that a bare domain stands for the hosts below it.
 */

/** A host that is asked for: its name or address in lower case without brackets, and its port. */
type Target = {readonly host: string; readonly port: string};

const usualPort = (protocol: string): string => (protocol === 'http:' ? '80' : '443');

const bare = (host: string): string => host.toLowerCase().replace(/^\[(.*)\]$/u, '$1');

const targetOf = ({hostname, port, protocol}: URL): Target => ({
	host: bare(hostname).replace(/\.$/u, ''),
	port: port || usualPort(protocol),
});

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** This host itself is never behind a proxy. */
const isLoopback = (host: string): boolean => {
	if (host === 'localhost' || host.endsWith('.localhost')) return true;
	const loopback = new BlockList();
	loopback.addSubnet('127.0.0.0', 8, 'ipv4');
	loopback.addAddress('::1', 'ipv6');
	return isIP(host) !== 0 && loopback.check(host, familyOf(host));
};

/** `10.0.0.0/8`, `fd00::/8`. @returns undefined where the entry is no network */
const networkOf = (entry: string): BlockList | undefined => {
	const [, address = '', bits = ''] = /^\[?([0-9a-f.:]+)\]?\/(\d{1,3})$/u.exec(entry) ?? [];
	const most = isIP(address) === 6 ? 128 : 32;
	if (isIP(address) === 0 || Number(bits) > most) return undefined;
	const network = new BlockList();
	network.addSubnet(address, Number(bits), familyOf(address));
	return network;
};

/** Host and port of an entry; an IPv6 address has its port behind brackets. */
const partsOf = (entry: string): {readonly name: string; readonly port: string | undefined} => {
	const [, bracketed, behind] = /^\[([^\]]*)\](?::(\d+))?$/u.exec(entry) ?? [];
	if (bracketed !== undefined) return {name: bracketed, port: behind};
	if (isIP(entry) === 6) return {name: entry, port: undefined};
	const [, name = entry, port] = /^(.*?)(?::(\d+))?$/u.exec(entry) ?? [];
	return {name, port};
};

/** `example.com` stands for itself and what is below it, `.example.com` and `*.example.com` for what is below it. */
const isDomain = (name: string, host: string): boolean => {
	const below = name.startsWith('*.') ? name.slice(1) : name;
	if (below.startsWith('.')) return host.endsWith(below);
	return host === below || host.endsWith(`.${below}`);
};

const sameAddress = (one: string, other: string): boolean => {
	const list = new BlockList();
	list.addAddress(one, familyOf(one));
	return list.check(other, familyOf(other));
};

const fits = (entry: string, {host, port: asked}: Target): boolean => {
	if (entry === '*') return true;
	const network = networkOf(entry);
	if (network) return isIP(host) !== 0 && network.check(host, familyOf(host));
	const {name, port} = partsOf(entry);
	if (name === '' || (port !== undefined && port !== asked)) return false;
	if (isIP(name) !== 0) return isIP(host) !== 0 && sameAddress(name, host);
	return isIP(host) === 0 && isDomain(name, host);
};

/** Is a URL reached without the proxies of that environment? This host itself always is. */
export const isDirect = (url: URL, {no_proxy: lower, NO_PROXY: upper}: ProxyEnvironment): boolean => {
	const target = targetOf(url);
	if (isLoopback(target.host)) return true;
	const entries = (upper || lower || '').toLowerCase().split(/[\s,]+/u);
	return entries.some((entry) => entry !== '' && fits(entry, target));
};
