import {ProblemError} from '../../base/problem.ts';
import {refusal, registryProblem} from '../problems.ts';
import type {ProxyEnvironment, Transport} from '../transport.ts';

const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'] as const;

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
	for (const name of names) {
		const value = environment[name];
		if (!value) continue;
		const url = value.includes('://') ? value : `http://${value}`;
		if (!URL.canParse(url) || !/^https?:$/u.test(new URL(url).protocol)) {
			throw registryProblem({
				code: 'registry-proxy',
				message: `The variable ${name} names a proxy that cannot be used.`,
				cause: 'It is not http://HOST:PORT or https://HOST:PORT; proxies of SOCKS are not supported.',
				fix: `Correct ${name}, or take it out of the environment.`,
			});
		}
		proxies[name] = url;
	}
	return proxies;
};

const fieldOf = (error: unknown, field: 'code' | 'statusCode'): string =>
	error instanceof Error
		? field in error
			? String((error as Error & Partial<Record<typeof field, unknown>>)[field])
			: fieldOf(error.cause, field)
		: '';

/** The proxy for a URL, without its login. NO_PROXY is not looked at. */
const proxyOf = (url: URL, proxies: ProxyEnvironment): string | undefined => {
	const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
	const value = proxies[name] ?? proxies[name.toUpperCase()];
	return value === undefined ? undefined : new URL(value).host;
};

/** Tells failures of a proxy from those of the registry behind it: a transport around a transport. */
export const proxyAware =
	(transport: Transport, proxies: ProxyEnvironment): Transport =>
	async (call) => {
		try {
			return await transport(call);
		} catch (error) {
			const proxy = proxyOf(call.url, proxies);
			if (proxy === undefined || !(error instanceof ProblemError)) throw error;
			const {code, cause, evidence = []} = error.problem;
			const refused = fieldOf(error, 'code').startsWith('ERR_PROXY');
			if (!refused && code !== 'registry-unreachable') throw error;
			const status = fieldOf(error, 'statusCode');
			throw refusal(
				call.context,
				{
					code: 'registry-proxy',
					cause: refused
						? `The proxy ${proxy} did not open a way to ${call.url.host}${status === '' ? '' : `: it answers ${status}`}.`
						: `${cause} The environment names the proxy ${proxy}.`,
					fix: `Check HTTPS_PROXY and NO_PROXY, and that the proxy lets ${call.url.host} through.`,
					who: 'network team',
					nextSteps: [`curl -v https://${call.url.host}/v2/`],
				},
				evidence,
				error,
			);
		}
	};
