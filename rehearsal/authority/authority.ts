import 'reflect-metadata';
import {randomBytes, webcrypto} from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A private key by kind; RSA with its length in bits. */
export type KeyKind = 'ec' | {readonly rsaBits: number};

/** What a certificate is to say. */
export type IssueOptions = {
	/** DNS names of the SAN; the first one is also the common name. */
	readonly hosts: readonly string[];
	/** IP addresses of the SAN. */
	readonly ips?: readonly string[];
	/** Days of validity from `validFrom`, 90 unless told. */
	readonly days?: number;
	/** Start of validity, an hour ago unless told; a start in the past with few days makes an expired certificate. */
	readonly validFrom?: Date;
	readonly key?: KeyKind;
	/** False leaves the SAN out, as old certificates with nothing but a common name do. */
	/** What it is shown for; a server's unless told. A client's first host is its name. */
	readonly purpose?: 'server' | 'client';
	readonly alternativeNames?: boolean;
};

/**
 * PEM of a certificate, followed by the intermediates up to but not including the root, and PEM (PKCS#8) of its key.
 */
export type Issued = {readonly cert: string; readonly key: string};

/** What is kept of an authority between runs. */
export type AuthorityRecord = {
	readonly name: string;
	readonly caPem: string;
	readonly caKeyPem: string;
	/** PEM of this authority's own certificate and the ones above it, without the root; empty for a root. */
	readonly chainPem: string;
};

/** A certificate authority of the rehearsal, in memory; `toJSON` holds its private key. */
export type Authority = AuthorityRecord & {
	readonly issue: (options: IssueOptions) => Promise<Issued>;
	/** A subordinate authority; what it issues carries its certificate as intermediate. */
	readonly intermediate: (options: {readonly name: string}) => Promise<Authority>;
	readonly toJSON: () => AuthorityRecord;
};

const day = 24 * 60 * 60 * 1000;
const hour = 60 * 60 * 1000;
const signature = {name: 'ECDSA', hash: 'SHA-256'};
const curve = {name: 'ECDSA', namedCurve: 'P-256'};

const generateKeys = async (kind: KeyKind): Promise<webcrypto.CryptoKeyPair> =>
	kind === 'ec'
		? webcrypto.subtle.generateKey(curve, true, ['sign', 'verify'])
		: webcrypto.subtle.generateKey(
				{
					name: 'RSASSA-PKCS1-v1_5',
					hash: 'SHA-256',
					modulusLength: kind.rsaBits,
					publicExponent: new Uint8Array([1, 0, 1]),
				},
				true,
				['sign', 'verify'],
			);

const keyPem = async (key: webcrypto.CryptoKey): Promise<string> =>
	`${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;

const certificatePem = (certificate: x509.X509Certificate): string => `${certificate.toString('pem')}\n`;

// RFC 5280 4.1.2.2: positive and at most 20 octets; a leading 0x4 keeps it both positive and of full length.
const serialNumber = (): string => `4${randomBytes(15).toString('hex').slice(1)}`;

const caExtensions = async (
	publicKey: webcrypto.CryptoKey,
	issuer?: webcrypto.CryptoKey,
): Promise<x509.Extension[]> => [
	new x509.BasicConstraintsExtension(true, undefined, true),
	new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
	await x509.SubjectKeyIdentifierExtension.create(publicKey, false),
	...(issuer ? [await x509.AuthorityKeyIdentifierExtension.create(issuer, false)] : []),
];

const leafExtensions = async (
	{hosts, ips = [], alternativeNames = true, purpose = 'server'}: IssueOptions,
	publicKey: webcrypto.CryptoKey,
	issuer: webcrypto.CryptoKey,
): Promise<x509.Extension[]> => [
	new x509.BasicConstraintsExtension(false, undefined, true),
	new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
	new x509.ExtendedKeyUsageExtension([
		purpose === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
	]),
	await x509.SubjectKeyIdentifierExtension.create(publicKey, false),
	await x509.AuthorityKeyIdentifierExtension.create(issuer, false),
	...(alternativeNames
		? [
				new x509.SubjectAlternativeNameExtension([
					...hosts.map((value) => ({type: 'dns' as const, value})),
					...ips.map((value) => ({type: 'ip' as const, value})),
				]),
			]
		: []),
];

/** A certificate to be signed. */
type Draft = {
	readonly subject: string;
	readonly keys: webcrypto.CryptoKeyPair;
	readonly from: number;
	readonly days: number;
	readonly extensions: x509.Extension[];
};

/** An authority that can sign. */
type Signer = {
	readonly record: AuthorityRecord;
	readonly publicKey: webcrypto.CryptoKey;
	readonly sign: (draft: Draft) => Promise<x509.X509Certificate>;
};

const createSigner = async (record: AuthorityRecord): Promise<Signer> => {
	const certificate = new x509.X509Certificate(record.caPem);
	const key = x509.PemConverter.decodeFirst(record.caKeyPem);
	const signingKey = await webcrypto.subtle.importKey('pkcs8', key, curve, false, ['sign']);
	return {
		record,
		publicKey: await certificate.publicKey.export(curve, ['verify']),
		sign: ({subject, keys, from, days, extensions}) =>
			x509.X509CertificateGenerator.create({
				serialNumber: serialNumber(),
				subject,
				issuer: certificate.subject,
				notBefore: new Date(from),
				notAfter: new Date(from + days * day),
				publicKey: keys.publicKey,
				signingKey,
				signingAlgorithm: signature,
				extensions,
			}),
	};
};

const issue = async ({record, publicKey, sign}: Signer, options: IssueOptions): Promise<Issued> => {
	const {hosts, ips = [], days = 90, validFrom = new Date(Date.now() - hour), key = 'ec'} = options;
	const keys = await generateKeys(key);
	const leaf = await sign({
		subject: `CN=${hosts[0] ?? ips[0] ?? record.name}`,
		keys,
		from: validFrom.getTime(),
		days,
		extensions: await leafExtensions(options, keys.publicKey, publicKey),
	});
	return {cert: certificatePem(leaf) + record.chainPem, key: await keyPem(keys.privateKey)};
};

const makeIntermediate = async ({record, publicKey, sign}: Signer, name: string): Promise<AuthorityRecord> => {
	const keys = await generateKeys('ec');
	const child = await sign({
		subject: `CN=${name}`,
		keys,
		from: Date.now() - hour,
		days: 1825,
		extensions: await caExtensions(keys.publicKey, publicKey),
	});
	const caPem = certificatePem(child);
	return {name, caPem, caKeyPem: await keyPem(keys.privateKey), chainPem: caPem + record.chainPem};
};

/** The authority that `toJSON` wrote down. */
export const authorityFrom = async ({name, caPem, caKeyPem, chainPem}: AuthorityRecord): Promise<Authority> => {
	const record = {name, caPem, caKeyPem, chainPem};
	const signer = await createSigner(record);
	return {
		...record,
		toJSON: () => record,
		issue: (options) => issue(signer, options),
		intermediate: async (options) => authorityFrom(await makeIntermediate(signer, options.name)),
	};
};

/**
 * Makes a root authority (EC P-256, ten years). @param options.name its common name. Certificates follow RFC 5280 with
 * the profile that browsers and Go demand: SAN, server authentication, key identifiers.
 */
export const createAuthority = async (options: {readonly name: string}): Promise<Authority> => {
	const keys = await generateKeys('ec');
	const now = Date.now();
	const certificate = await x509.X509CertificateGenerator.createSelfSigned({
		serialNumber: serialNumber(),
		name: `CN=${options.name}`,
		notBefore: new Date(now - hour),
		notAfter: new Date(now + 3650 * day),
		keys,
		signingAlgorithm: signature,
		extensions: await caExtensions(keys.publicKey),
	});
	return authorityFrom({
		name: options.name,
		caPem: certificatePem(certificate),
		caKeyPem: await keyPem(keys.privateKey),
		chainPem: '',
	});
};
