import {isDirect} from './no-proxy.ts';
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

/**
 * Which proxy a request goes through, by the rules of Go (golang.org/x/net/http/httpproxy), which kubectl and helm follow; see
 * `isDirect` for NO_PROXY.
 */
export const proxyFor = (url: URL, environment: ProxyEnvironment): NamedProxy | undefined => {
	const named = variableFor(url.protocol, environment);
	return named && !isDirect(url, environment) ? named : undefined;
};
