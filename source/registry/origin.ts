import {type Context, refuse} from './refuse.ts';

/**
 * Root of a registry, `https://host:port/`.
 * @param host as it was given @param context what it is needed for
 * @throws ProblemError `registry-not-a-registry` when it is not host or host:port
 */
export const originOf = (host: string, plainHttp: boolean, context: Context): URL => {
	const text = `${plainHttp ? 'http' : 'https'}://${host}/`;
	if (URL.canParse(text) && !/[/@?#\s]/u.test(host)) return new URL(text);
	throw refuse({...context, registry: JSON.stringify(host)}, 'registry-not-a-registry', {case: 'no address'});
};
