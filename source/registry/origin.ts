import {registryProblem} from './problems.ts';

/**
 * Root of a registry, `https://host:port/`.
 * @param answers where the host came from, when an operator gave it
 * @throws ProblemError `registry-not-a-registry` when `host` is not host or host:port
 */
export const originOf = (host: string, plainHttp: boolean, answers: readonly string[] = []): URL => {
	const text = `${plainHttp ? 'http' : 'https'}://${host}/`;
	if (URL.canParse(text) && !/[/@?#\s]/u.test(host)) return new URL(text);
	throw registryProblem({
		code: 'registry-not-a-registry',
		message: `${JSON.stringify(host)} is not the address of a registry.`,
		cause: 'It is not host or host:port.',
		fix: 'Give host and port of the registry, without https:// and without a path.',
		...(answers.length > 0 ? {answers} : {}),
	});
};
