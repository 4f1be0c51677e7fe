import {createHash} from 'node:crypto';
import {chmod, mkdir, writeFile} from 'node:fs/promises';
import http, {type IncomingMessage, type RequestListener, type ServerResponse} from 'node:http';
import https from 'node:https';
import {dirname, join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {HostOptions} from '../../../source/registry/pull/hosts.ts';
import type {FindLogin} from '../../../source/registry/pull/logins.ts';
import {createImageSource} from '../../../source/registry/pull/source.ts';
import {listening} from '../../helpers/loopback.ts';
import {quick, temporary} from '../helpers.ts';

export {
	canary,
	imageOf,
	makeCertificates,
	never,
	noise,
	problemOf,
	quick,
} from '../helpers.ts';

export const anonymous: FindLogin = async () => ({login: {}, source: 'no file of logins was found'});
export const loginAs =
	(username: string, password: string): FindLogin =>
	async () => ({login: {username, password: async () => password}, source: '/home/op/.docker/config.json'});

/** A source of images that speaks plain HTTP with one host, without pauses. */
export const sourceAt = (host: string, options: Partial<HostOptions> = {}) => {
	const source = createImageSource({
		findLogin: anonymous,
		plainHttp: [host],
		retries: quick,
		timeouts: {stall: 500, answer: 5000, connect: 5000},
		...options,
	});
	onTestFinished(source.close);
	return source;
};

/** All bytes of a stream. */
export const collect = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => {
	const parts: Buffer[] = [];
	for await (const chunk of chunks) parts.push(Buffer.from(chunk));
	return Buffer.concat(parts);
};

export type Answering = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean | undefined;

/**
 * A server that answers as the test says; what it says false to is answered with 599, and its line is kept in `unexpected`.
 */
export const answering = async (answer: Answering, tls?: {readonly key: string; readonly cert: string}) => {
	const unexpected: string[] = [];
	const requests: {readonly line: string; readonly headers: IncomingMessage['headers']}[] = [];
	const listener: RequestListener = (request, response) => {
		const url = new URL(request.url ?? '/', 'http://host');
		requests.push({line: `${request.method} ${request.url}`, headers: request.headers});
		if (answer(request, response, url) !== false) return;
		unexpected.push(`${request.method} ${request.url}`);
		response.writeHead(599).end();
	};
	const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
	return {host: `127.0.0.1:${await listening(server)}`, unexpected, requests};
};

export const digestOf = (bytes: Buffer | string): string =>
	`sha256:${createHash('sha256').update(bytes).digest('hex')}`;
export const blobOf = (bytes: Buffer) => ({
	mediaType: 'application/vnd.oci.image.layer.v1.tar',
	digest: digestOf(bytes),
	size: bytes.length,
});

/** Writes files below a fresh folder; those that begin with `#!` may be executed. */
export const folderOf = async (files: Readonly<Record<string, string>>): Promise<string> => {
	const folder = await temporary();
	for (const [name, text] of Object.entries(files)) {
		const path = join(folder, name);
		await mkdir(dirname(path), {recursive: true});
		await writeFile(path, text);
		if (text.startsWith('#!')) await chmod(path, 0o755);
	}
	return folder;
};
