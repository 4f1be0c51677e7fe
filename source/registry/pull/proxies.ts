import {errnoWords} from '../../base/errno.ts';
import type {ProblemError} from '../../base/problem.ts';
import type {HttpFailure} from '../../http/failure.ts';
import {codeOf, faultOf} from '../../http/fault.ts';
import {isDirect} from '../../http/no-proxy.ts';
import type {ProxyEnvironment} from '../../http/types.ts';
import type {Explain} from '../transport.ts';
import {pullProblems, refusePull} from './problems.ts';

/** The proxy of a variable in the form that node's agents take. @throws ProblemError `registry-proxy` for what is no proxy of HTTP */
const proxyIn = (variable: string, value: string): string => {
	const url = value.includes('://') ? value : `http://${value}`;
	if (URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol)) return url;
	throw pullProblems.error('registry-proxy', {case: 'no proxy', variable});
};

/**
 * The proxies of an environment in the form that node's agents take: with `http://` where that is left out, as curl allows.
 * @throws ProblemError `registry-proxy` for what is no proxy of HTTP
 */
export const proxiesOf = (environment: ProxyEnvironment): ProxyEnvironment => {
	const proxies: Record<string, string> = {};
	for (const name of ['no_proxy', 'NO_PROXY']) {
		const value = environment[name];
		if (value) proxies[name] = value;
	}
	for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) {
		const value = environment[name];
		if (value) proxies[name] = proxyIn(name, value);
	}
	return proxies;
};

/** The status of an error of node's tunnels. */
const statusOf = (error: unknown): number | undefined => {
	if (!(error instanceof Error)) return undefined;
	return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : statusOf(error.cause);
};

/** The proxy for a URL, without its login; undefined where it is reached without one. */
export const proxyOf = (url: URL, proxies: ProxyEnvironment): string | undefined => {
	if (isDirect(url, proxies)) return undefined;
	const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
	const value = proxies[name] ?? proxies[name.toUpperCase()];
	return value === undefined ? undefined : new URL(value).host;
};

/** How requests of one registry go through the proxies of an environment. */
export type ProxyWay = {
	readonly proxyEnv: ProxyEnvironment | undefined;
	readonly explain: Explain | undefined;
	/** Host and port of the proxy that the registry itself is reached through. */
	readonly proxy: string | undefined;
};

/**
 * The same proxies as Helm, containerd and skopeo take for a registry. @param origin root of the registry
 * @throws ProblemError `registry-proxy` where a proxy would be used that is none of HTTP
 */
export const proxyWay = (origin: URL, environment: ProxyEnvironment | undefined): ProxyWay => {
	const none: ProxyWay = {proxyEnv: undefined, explain: undefined, proxy: undefined};
	if (environment === undefined) return none;
	try {
		const proxyEnv = proxiesOf(environment);
		return {proxyEnv, explain: explainProxy(proxyEnv), proxy: proxyOf(origin, proxyEnv)};
	} catch (error) {
		// A proxy that cannot be used is no hindrance to a registry that needs none.
		if (isDirect(origin, environment)) return none;
		throw error;
	}
};

/** What is said of a registry that is reached through a proxy, so that nobody has to guess. */
export const proxyText = (registry: string, proxy: string): string =>
	`The registry ${registry} is reached through the proxy ${proxy}, which the environment names (HTTPS_PROXY, HTTP_PROXY); NO_PROXY leaves hosts out.`;

/** Failures that may be those of the proxy: nothing else is connected to. */
const ofConnecting: ReadonlySet<string> = new Set<ReturnType<typeof faultOf>>([
	'refused',
	'unknown name',
	'no name server',
	'no route to host',
	'no route to network',
	'no answer',
]);

/** Tells failures of a proxy from those of the registry behind it. */
export const explainProxy =
	(proxies: ProxyEnvironment): Explain =>
	({url, context}, failure: HttpFailure): ProblemError | undefined => {
		const proxy = proxyOf(url, proxies);
		if (proxy === undefined || failure.kind !== 'connection') return undefined;
		const error = failure.cause;
		const told = {proxy, host: url.host};
		const more = {error: failure, evidence: [codeOf(error)]};
		const fault = faultOf(error);
		const status = statusOf(error);
		if (fault !== 'proxy') {
			if (!ofConnecting.has(fault)) return undefined;
			return refusePull(
				context,
				'registry-proxy',
				{...told, case: 'unreachable', words: errnoWords(error, 'connect')},
				more,
			);
		}
		if (status === undefined) return refusePull(context, 'registry-proxy', {...told, case: 'refused'}, more);
		return refusePull(context, 'registry-proxy', {...told, case: 'refused with status', status}, more);
	};
