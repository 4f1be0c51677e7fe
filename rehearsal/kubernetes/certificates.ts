import {authorityFrom, createAuthority as createAny} from '../authority/index.ts';

/** A certificate and its private key (PKCS #8), both PEM. */
export type KeyPair = {readonly certPem: string; readonly keyPem: string};

const name = 'kubernetes';

/** A new certificate authority for one cluster, valid for ten years. */
export const createAuthority = async (): Promise<KeyPair> => {
	const {caPem, caKeyPem} = await createAny({name});
	return {certPem: caPem, keyPem: caKeyPem};
};

/**
 * A certificate for a server on this machine, signed by the authority: localhost, loopback, and the in-cluster names.
 */
export const issueServerCertificate = async ({certPem, keyPem}: KeyPair): Promise<KeyPair> => {
	const authority = await authorityFrom({name, caPem: certPem, caKeyPem: keyPem, chainPem: ''});
	const {cert, key} = await authority.issue({
		hosts: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
		ips: ['127.0.0.1', '::1', '10.96.0.1'],
		days: 365,
	});
	return {certPem: cert, keyPem: key};
};
