import {BlockList, isIP} from 'node:net';
import type {ProxyEnvironment} from './types.ts';

/** The proxy that the environment names for an address, and the variable that says so. */
export type NamedProxy = {readonly proxy: string; readonly variable: string};

const variableFor = (protocol: string, environment: ProxyEnvironment): NamedProxy | undefined => {
	const names = protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
	for (const variable of names) {
		const proxy = environment[variable]?.trim();
		if (proxy) return {proxy: /^[a-z0-9]+:\/\//iu.test(proxy) ? proxy : `http://${proxy}`, variable};
	}
	return undefined;
};

const familyOf = (host: string): 'ipv4' | 'ipv6' => (isIP(host) === 6 ? 'ipv6' : 'ipv4');

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/u.test(host);

const isInRange = (host: string, range: string): boolean => {
	const [network = '', bits = ''] = range.split('/');
	if (isIP(host) === 0 || isIP(network) === 0 || !/^\d{1,3}$/u.test(bits)) return false;
	if (Number(bits) > (isIP(network) === 6 ? 128 : 32)) return false;
	const list = new BlockList();
	list.addSubnet(network, Number(bits), familyOf(network));
	return list.check(host, familyOf(host));
};

/** `host:port` of an exception; an IPv6 address may stand in brackets. */
const splitPort = (entry: string): readonly [host: string, port: string | undefined] => {
	const [, host = '', port] = /^\[?([^\]]*?)\]?(?::(\d+))?$/u.exec(entry) ?? [];
	return isIP(entry) === 6 ? [entry, undefined] : [host, port];
};

const fits = (entry: string, host: string, port: string): boolean => {
	if (entry === '*') return true;
	if (entry.includes('/')) return isInRange(host, entry);
	const [name, only] = splitPort(entry);
	if (only !== undefined && only !== port) return false;
	const domain = name.replace(/^\*\./u, '.');
	if (isIP(host) !== 0) return host === domain;
	if (domain.startsWith('.')) return host.endsWith(domain);
	return host === domain || host.endsWith(`.${domain}`);
};

/**
 * Which proxy a request goes through, by the rules of Go (golang.org/x/net/http/httpproxy), which kubectl and helm follow: NO_PROXY
 * holds names (with their subdomains), addresses, networks as 10.0.0.0/8, and `*`; this host itself is never asked through a proxy.
 */
export const proxyFor = (url: URL, environment: ProxyEnvironment): NamedProxy | undefined => {
	const named = variableFor(url.protocol, environment);
	const host = url.hostname.toLowerCase().replace(/^\[|\]$/gu, '');
	if (!named || isLoopback(host)) return undefined;
	const port = url.port || (url.protocol === 'https:' ? '443' : '80');
	const entries = (environment.NO_PROXY || environment.no_proxy || '')
		.split(',')
		.map((entry) => entry.trim().toLowerCase())
		.filter((entry) => entry !== '');
	return entries.some((entry) => fits(entry, host, port)) ? undefined : named;
};
