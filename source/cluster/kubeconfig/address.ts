import {printable} from '../../base/printable.ts';

/** An address of a kubeconfig, taken apart. */
export type Address = {
	/** As it may be shown and asked: without login, and without a slash at its end. */
	readonly base: string;
	/** `Basic …`, where a user stands in it. */
	readonly authorization: string | undefined;
	/** What of it must not be shown. */
	readonly secrets: readonly string[];
};

/** Is it asked without TLS? @param base of an `Address` */
export const isPlain = (base: string): boolean => /^http:/iu.test(base);

const decoded = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

/** An address without its user and password, fit to be shown; also of what is no address. */
export const withoutLogin = (written: string): string =>
	printable(written.replace(/^([a-z0-9]+:\/\/)[^/?#]*@/iu, '$1')).replace(/\/$/u, '');

/**
 * Takes a URL apart. A user and password in it are sent as they are by client-go (net/http makes `Authorization: Basic` of them) and
 * shown nowhere.
 */
export const addressOf = (written: string): Address => {
	const {username, password} = new URL(written);
	const base = withoutLogin(written);
	if (username === '' && password === '') return {base, authorization: undefined, secrets: []};
	const login = `${decoded(username)}:${decoded(password)}`;
	const authorization = `Basic ${Buffer.from(login, 'utf8').toString('base64')}`;
	return {base, authorization, secrets: [decoded(password), password, login].filter((secret) => secret.length > 0)};
};
