import {errnoWords} from '../../base/errno.ts';
import type {ProblemError} from '../../base/problem.ts';
import type {HttpFailure} from '../../http/failure.ts';
import {codeOf, faultOf} from '../../http/fault.ts';
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

/** The proxy for a URL, without its login. NO_PROXY is not looked at. */
const proxyOf = (url: URL, proxies: ProxyEnvironment): string | undefined => {
	const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
	const value = proxies[name] ?? proxies[name.toUpperCase()];
	return value === undefined ? undefined : new URL(value).host;
};

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
