import http, {type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse} from 'node:http';
import {listening} from '../helpers/loopback.ts';

/** An answer on its way back, to be changed. */
export type Passing = {status: number; readonly headers: OutgoingHttpHeaders};

export type Altering = {
	/** Answers in place of the registry. @returns whether it did */
	readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
	/** Changes what the registry answered. */
	readonly alter?: (request: IncomingMessage, passing: Passing) => void;
	/** Answers a request that asks for leave to send its body. @returns whether it did */
	readonly leave?: (request: IncomingMessage, response: ServerResponse) => boolean;
};

/** A proxy before a registry that changes what passes; it ends with the test. `seen`: method, path and login of requests. */
export const startAltering = async (target: string, {answer, alter, leave}: Altering) => {
	const [host, port] = target.split(':');
	const seen: {readonly line: string; readonly authorization: string | undefined; readonly length: number}[] = [];
	const pass = (request: IncomingMessage, response: ServerResponse): void => {
		const {method, url: path, headers} = request;
		const length = Number(headers['content-length'] ?? 0);
		seen.push({line: `${method} ${path}`, authorization: headers.authorization, length});
		if (answer?.(request, response)) return;
		const {expect: _leave, ...rest} = headers;
		const upstream = http.request({host, port, method, path, headers: rest, agent: false}, (told) => {
			const passing: Passing = {status: told.statusCode ?? 500, headers: {...told.headers}};
			alter?.(request, passing);
			response.writeHead(passing.status, passing.headers);
			told.pipe(response);
		});
		upstream.on('error', () => response.destroy());
		request.pipe(upstream);
	};
	const server = http.createServer(pass);
	server.on('checkContinue', (request, response) => {
		if (leave?.(request, response)) return;
		response.writeContinue();
		pass(request, response);
	});
	return {host: `127.0.0.1:${await listening(server)}`, seen};
};
