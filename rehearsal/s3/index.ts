import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {answerS3, errorAnswer, type S3Answer} from './answer.ts';
import {openStore} from './store.ts';
import {S3Error, type S3Site} from './types.ts';

export type {S3Site} from './types.ts';

/** A played S3 server that is up. */
export type RunningS3 = {readonly port: number; readonly stop: () => Promise<void>};

const headersOf = ({headers}: IncomingMessage): Readonly<Record<string, string | undefined>> =>
	Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
	);

const send = async (response: ServerResponse, {status, headers, body}: S3Answer): Promise<void> => {
	response.writeHead(status, {...headers, server: 'rehearsal-s3'});
	if (body instanceof Readable) await pipeline(body, response);
	else response.end(body);
};

/**
 * An S3 server as far as a site needs it: signatures of version 4 are checked strictly, paths are path style, objects are files.
 * @param options `pair` makes it speak TLS; port 0 takes a free one
 */
export const startS3 = async (options: {
	readonly port: number;
	readonly directory: string;
	readonly site: S3Site;
	readonly pair?: {readonly cert: string; readonly key: string};
}): Promise<RunningS3> => {
	const {directory, site, pair} = options;
	const store = await openStore(directory);
	const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		try {
			const {method = '', url = ''} = request;
			await send(
				response,
				await answerS3({method, target: url, headers: headersOf(request), body: request}, store, site),
			);
		} catch (error) {
			if (response.headersSent) response.destroy();
			else {
				const told = error instanceof S3Error ? error : new S3Error(500, 'InternalError', String(error));
				await send(response, errorAnswer(told));
			}
		}
		request.resume();
	};
	const listener = (request: IncomingMessage, response: ServerResponse): void => void handle(request, response);
	const server = pair ? createTlsServer(pair, listener) : createServer(listener);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		stop: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
};
