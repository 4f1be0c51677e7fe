import 'reflect-metadata';
import {createHash} from 'node:crypto';
import http, {type RequestListener} from 'node:http';
import {Readable} from 'node:stream';
import * as x509 from '@peculiar/x509';
import {onTestFinished} from 'vitest';
import {type RegistryOptions as ServerOptions, startRegistry} from '../../rehearsal/registry/index.ts';
import type {Blob} from '../../source/oci/descriptor.ts';
import type {Image} from '../../source/oci/image.ts';
import {createRegistry, type RegistryOptions} from '../../source/registry/registry.ts';
import {defaultRetries, type RetryTable} from '../../source/registry/retry.ts';
import {never, temporary} from '../bundle/helpers.ts';
import {listening} from '../helpers/loopback.ts';

export {never, problemOf, temporary} from '../bundle/helpers.ts';

export const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The word that must never show in an error. */
export const canary = 'canary-p@ss/word+9f3a';
export const users = [{username: 'robot', password: canary}] as const;

/** The usual attempts without the usual pauses. */
export const quick: RetryTable = Object.fromEntries(
	Object.keys(defaultRetries).map((code) => [code, {attempts: 3, pausesMs: [1]}]),
);

const blobOf = (mediaType: string, bytes: Buffer): Blob => ({
	mediaType,
	digest: sha256(bytes),
	size: bytes.length,
	open: (offset = 0) => Readable.from([bytes.subarray(offset)], {objectMode: false}),
});

/** An image of these layers, in memory. */
export const imageOf = (name: string, layers: readonly Buffer[]): Image => {
	const config = blobOf(
		'application/vnd.oci.image.config.v1+json',
		Buffer.from(
			JSON.stringify({
				os: 'linux',
				architecture: 'amd64',
				name,
				rootfs: {type: 'layers', diff_ids: layers.map(sha256)},
			}),
		),
	);
	const blobs = layers.map((bytes) => blobOf('application/vnd.oci.image.layer.v1.tar', bytes));
	const plain = ({mediaType, digest, size}: Blob) => ({mediaType, digest, size});
	const mediaType = 'application/vnd.oci.image.manifest.v1+json';
	const bytes = Buffer.from(
		JSON.stringify({schemaVersion: 2, mediaType, config: plain(config), layers: blobs.map(plain)}),
	);
	return {
		name,
		tag: '1.0',
		source: `vendor/${name}:1.0`,
		archive: `images/${name}.tar`,
		manifest: {mediaType, digest: sha256(bytes), bytes},
		blobs: [config, ...blobs],
		platform: {os: 'linux', architecture: 'amd64'},
	};
};

/** Bytes that do not repeat. */
export const noise = (seed: string, size: number): Buffer => {
	const parts: Buffer[] = [];
	for (let index = 0; parts.length * 32 < size; index++)
		parts.push(createHash('sha256').update(`${seed} ${index}`).digest());
	return Buffer.concat(parts).subarray(0, size);
};

/** A rehearsal registry that stops with the test. */
export const serve = async (options: Partial<ServerOptions> = {}) => {
	const server = await startRegistry({dataDirectory: await temporary(), users, ...options});
	onTestFinished(() => server.stop());
	return server;
};

/** A client with the right login, without pauses. */
export const client = (host: string, options: Partial<RegistryOptions> = {}) => {
	const registry = createRegistry({
		host,
		plainHttp: true,
		username: 'robot',
		password: async () => canary,
		retries: quick,
		...options,
	});
	onTestFinished(registry.close);
	return registry;
};

/** A server that answers as the test says. */
export const fake = async (listener: RequestListener, more: (server: http.Server) => void = () => {}) => {
	const server = http.createServer(listener);
	more(server);
	return `127.0.0.1:${await listening(server)}`;
};

export type Seen = {readonly digest: string; readonly done: number; readonly total: number};

/** Pushes and keeps what was reported. */
export const push = async (
	registry: ReturnType<typeof createRegistry>,
	image: Image,
	repository: string,
	more = {},
) => {
	const seen: Seen[] = [];
	const result = await registry.push(image, {
		repository,
		tag: image.tag,
		signal: never,
		onProgress: (progress) => seen.push(progress),
		...more,
	});
	return {...result, seen};
};

/** A certificate authority and a certificate for a name or address. */
export const makeCertificates = async (
	options: {readonly dns?: string; readonly ip?: string; readonly expired?: boolean} = {},
) => {
	const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};
	const day = 24 * 3600 * 1000;
	const [caKeys, keys] = [
		await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']),
		await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']),
	];
	const ca = await x509.X509CertificateGenerator.createSelfSigned({
		name: 'CN=Test CA',
		keys: caKeys,
		notBefore: new Date(Date.now() - 3 * day),
		notAfter: new Date(Date.now() + 30 * day),
		signingAlgorithm: algorithm,
		extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
	});
	const names = [
		...(options.dns === undefined ? [] : [{type: 'dns' as const, value: options.dns}]),
		...(options.ip === undefined ? [] : [{type: 'ip' as const, value: options.ip}]),
	];
	const leaf = await x509.X509CertificateGenerator.create({
		subject: 'CN=registry',
		issuer: ca.subject,
		publicKey: keys.publicKey,
		signingKey: caKeys.privateKey,
		notBefore: new Date(Date.now() - 2 * day),
		notAfter: new Date(Date.now() + (options.expired ? -day : 20 * day)),
		signingAlgorithm: algorithm,
		extensions: [new x509.SubjectAlternativeNameExtension(names)],
	});
	const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
	const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/(.{64})/gu, '$1\n')}\n-----END PRIVATE KEY-----\n`;
	return {ca: ca.toString('pem'), cert: leaf.toString('pem'), key};
};
