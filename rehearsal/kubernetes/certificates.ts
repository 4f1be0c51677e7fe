import 'reflect-metadata';
import {randomBytes, webcrypto} from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key (PKCS #8), both PEM. */
export type KeyPair = {readonly certPem: string; readonly keyPem: string};

const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'} as const;
const day = 24 * 60 * 60 * 1000;

const toPem = async (key: webcrypto.CryptoKey): Promise<string> => {
	const body = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
	return `-----BEGIN PRIVATE KEY-----\n${body.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
};

const fromPem = (pem: string): Promise<webcrypto.CryptoKey> => {
	const body = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
	return webcrypto.subtle.importKey('pkcs8', body, algorithm, true, ['sign']);
};

const serial = (): string => `01${randomBytes(15).toString('hex')}`;

/** A new certificate authority for one cluster, valid for ten years (ECDSA P-256). */
export const createAuthority = async (): Promise<KeyPair> => {
	x509.cryptoProvider.set(webcrypto);
	const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
	const certificate = await x509.X509CertificateGenerator.createSelfSigned({
		serialNumber: serial(),
		name: 'CN=kubernetes',
		notBefore: new Date(Date.now() - day),
		notAfter: new Date(Date.now() + 3650 * day),
		signingAlgorithm: algorithm,
		keys: keys,
		extensions: [
			new x509.BasicConstraintsExtension(true, undefined, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
		],
	});
	return {certPem: `${certificate.toString('pem')}\n`, keyPem: await toPem(keys.privateKey)};
};

/** A certificate for a server on this machine, signed by the authority: localhost, loopback, and the in-cluster names. */
export const issueServerCertificate = async (authority: KeyPair): Promise<KeyPair> => {
	x509.cryptoProvider.set(webcrypto);
	const issuer = new x509.X509Certificate(authority.certPem);
	const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
	const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
	const certificate = await x509.X509CertificateGenerator.create({
		serialNumber: serial(),
		subject: 'CN=kube-apiserver',
		issuer: issuer.subject,
		notBefore: new Date(Date.now() - day),
		notAfter: new Date(Date.now() + 365 * day),
		signingAlgorithm: algorithm,
		publicKey: keys.publicKey,
		signingKey: await fromPem(authority.keyPem),
		extensions: [
			new x509.BasicConstraintsExtension(false),
			new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
			new x509.SubjectAlternativeNameExtension([
				...names.map((value) => ({type: 'dns' as const, value})),
				...['127.0.0.1', '::1', '10.96.0.1'].map((value) => ({type: 'ip' as const, value})),
			]),
		],
	});
	return {certPem: `${certificate.toString('pem')}\n`, keyPem: await toPem(keys.privateKey)};
};
