import * as z from 'zod';
import type {ExecEntry} from '../kubeconfig/entries.ts';

/** What a plug-in gives (client-go `client.authentication.k8s.io` ExecCredentialStatus). */
export type Credential = {
	readonly token?: string | undefined;
	readonly certificate?: string | undefined;
	readonly key?: string | undefined;
	/** Until when it holds, ms since the epoch; absent: until it is refused. */
	readonly until?: number | undefined;
};

/** The versions that client-go still speaks. */
const versions: readonly string[] = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

const text = z.string().nullish();

const credentialSchema = z.looseObject({
	kind: z.literal('ExecCredential'),
	apiVersion: z.enum(versions as [string, ...string[]]),
	status: z.looseObject({
		token: text,
		clientCertificateData: text,
		clientKeyData: text,
		expirationTimestamp: z.iso.datetime({offset: true}).nullish(),
	}),
});

const unfit = (words: string): Error => new Error(`Its answer is no ExecCredential: ${words}.`);

const parse = (output: string): unknown => {
	try {
		return JSON.parse(output);
	} catch {
		// The words of the parser quote what may be a token.
		throw unfit('it is no JSON');
	}
};

const isHeader = (token: string): boolean => /^[\x20-\x7e]*$/u.test(token);

/**
 * Reads what a plug-in printed, by the rules of client-go: the version that the kubeconfig asks for, and a token or a certificate
 * with its key. @throws an error that quotes nothing of it
 */
export const credentialOf = (output: string, {apiVersion}: ExecEntry): Credential => {
	const read = credentialSchema.safeParse(parse(output));
	if (!read.success) {
		const [issue] = read.error.issues;
		throw unfit(`${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'it has another form'}`);
	}
	const {
		apiVersion: given,
		status: {token, clientCertificateData: certificate, clientKeyData: key, expirationTimestamp},
	} = read.data;
	if (apiVersion !== undefined && given !== apiVersion)
		throw unfit(`the kubeconfig asks for ${apiVersion}, and it is ${given}`);
	if (!certificate !== !key) throw unfit('it has a client certificate without its key, or a key alone');
	if (!token && !certificate) throw unfit('it has neither a token nor a client certificate');
	if (token && !isHeader(token)) throw unfit('its token holds characters that no HTTP header may hold');
	return {
		token: token || undefined,
		certificate: certificate || undefined,
		key: key || undefined,
		until: expirationTimestamp ? Date.parse(expirationTimestamp) : undefined,
	};
};
