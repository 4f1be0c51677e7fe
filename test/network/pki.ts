import 'reflect-metadata';
import {webcrypto} from 'node:crypto';
import * as x509 from '@peculiar/x509';

const day = 86_400_000;

/** Where a certificate differs from what a CA in good order makes. */
export type Making = {
	readonly name: string;
	/** In the place of `CN=` and the name. */
	readonly subject?: string;
	/** Who signs; itself where nobody is said. */
	readonly issuer?: Made;
	/** The keys of another certificate, as of a renewed CA. */
	readonly keys?: webcrypto.CryptoKeyPair;
	/** Names of a server; absent for a CA. */
	readonly hosts?: readonly string[];
	readonly from?: number;
	readonly until?: number;
	readonly pathLength?: number;
	readonly hash?: 'SHA-256' | 'SHA-1';
	readonly rsaBits?: number;
	/** Further extensions, which take the place of the usual one of their kind. */
	readonly extensions?: readonly x509.Extension[];
};

export type Made = {
	readonly pem: string;
	readonly key: string;
	readonly name: string;
	readonly keys: webcrypto.CryptoKeyPair;
};

const keysOf = async (rsaBits: number | undefined): Promise<webcrypto.CryptoKeyPair> =>
	rsaBits === undefined
		? webcrypto.subtle.generateKey({name: 'ECDSA', namedCurve: 'P-256'}, true, ['sign', 'verify'])
		: webcrypto.subtle.generateKey(
				{
					name: 'RSASSA-PKCS1-v1_5',
					hash: 'SHA-256',
					modulusLength: rsaBits,
					publicExponent: new Uint8Array([1, 0, 1]),
				},
				true,
				['sign', 'verify'],
			);

const usual = ({hosts, pathLength}: Making): readonly x509.Extension[] =>
	hosts
		? [
				new x509.BasicConstraintsExtension(false, undefined, true),
				new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({type: 'dns' as const, value}))),
			]
		: [
				new x509.BasicConstraintsExtension(true, pathLength, true),
				new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
			];

/** Makes a certificate, in good order but for what is said. */
export const make = async (making: Making): Promise<Made> => {
	const {name, issuer, hash = 'SHA-256', extensions = []} = making;
	const keys = making.keys ?? (await keysOf(making.rsaBits));
	const signer = issuer?.keys ?? keys;
	const others = usual(making).filter(({type}) => extensions.every((one) => one.type !== type));
	const certificate = await x509.X509CertificateGenerator.create({
		serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
			.toString('hex')
			.replace(/^./u, '4'),
		subject: making.subject ?? `CN=${name}`,
		issuer: `CN=${issuer?.name ?? name}`,
		notBefore: new Date(making.from ?? Date.now() - day),
		notAfter: new Date(making.until ?? Date.now() + 90 * day),
		publicKey: keys.publicKey,
		signingKey: signer.privateKey,
		signingAlgorithm: {name: signer.privateKey.algorithm.name, hash},
		extensions: [...others, ...extensions],
	});
	const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
	return {pem: `${certificate.toString('pem')}\n`, key: `${key}\n`, name, keys};
};

/** Name constraints that keep a CA from issuing for names below a domain (RFC 5280, 4.2.1.10). */
export const excluding = (domain: string): x509.Extension => {
	const wrap = (tag: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([tag, content.length]), content]);
	const subtree = wrap(0x30, wrap(0x82, Buffer.from(domain)));
	return new x509.Extension('2.5.29.30', true, wrap(0x30, wrap(0xa1, subtree)));
};

/** Key usages alone, in the place of the usual ones. */
export const usages = (...flags: readonly x509.KeyUsageFlags[]): x509.Extension =>
	new x509.KeyUsagesExtension(
		flags.reduce((all, one) => all | one),
		true,
	);

export {ExtendedKeyUsageExtension, Extension, KeyUsageFlags} from '@peculiar/x509';
