import {addressOf, isPlain} from './address.ts';
import type {ClusterEntry, UserEntry} from './entries.ts';
import {readNamedFile} from './read-file.ts';

/** Variables of a plug-in that hold a secret, by their names. */
const secretName = /secret|token|passw|credential|key/iu;

/** Base64 and what is in it: either may be quoted. */
const bothForms = (base64: string | undefined): readonly string[] =>
	base64 ? [base64, Buffer.from(base64, 'base64').toString('utf8')] : [];

/** What of the two entries must appear in no output. */
export const secretsIn = (cluster: ClusterEntry, user: UserEntry): readonly string[] => {
	const {token, password, exec, 'auth-provider': provider, 'client-key': keyFile} = user;
	const proxy = cluster['proxy-url'];
	return [
		token,
		password,
		...bothForms(user['client-key-data']),
		keyFile && readNamedFile(keyFile).toString('utf8'),
		...Object.entries(provider?.config ?? {}).flatMap(([name, value]) => (secretName.test(name) ? [value] : [])),
		...(exec?.env ?? []).flatMap(({name, value}) => (secretName.test(name) ? [value] : [])),
		...(proxy ? addressOf(proxy).secrets : []),
	].filter((secret): secret is string => secret !== undefined && secret !== '');
};

const isThisHost = (server: string): boolean => /^(?:localhost|127\.|\[::1\]$)/u.test(new URL(server).hostname);

/** What stops nothing, and must not go unsaid: an API server that anybody on the way can play. */
export const warningsOf = (
	{server, 'insecure-skip-tls-verify': unchecked}: ClusterEntry,
	{file, name}: {readonly file: string; readonly name: string},
): readonly string[] => {
	const {base} = addressOf(server);
	if (isPlain(base)) {
		const plain = `The cluster "${name}" of ${file} is asked without TLS (${base})`;
		const unsent = 'No login of its user is sent there, as helm and kubectl send none without TLS.';
		return [
			isThisHost(server)
				? `${plain}. ${unsent}`
				: `${plain}: anybody on the way reads and changes what is sent, secrets too. ${unsent}`,
		];
	}
	if (!unchecked) return [];
	return [
		`The cluster "${name}" of ${file} says insecure-skip-tls-verify: whoever answers at ${base} is trusted unseen, and gets the login and every secret of this install. Have certificate-authority-data put there instead.`,
	];
};
