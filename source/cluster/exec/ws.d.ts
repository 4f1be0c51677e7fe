/** What of the library `ws` 8 is used here (its own documentation: doc/ws.md). */
declare module 'ws' {
	import type {EventEmitter} from 'node:events';
	import type {IncomingMessage} from 'node:http';
	import type {RequestOptions} from 'node:https';
	import type {Duplex} from 'node:stream';

	type Sent = (error?: Error) => void;
	type ClientOptions = RequestOptions & {
		readonly perMessageDeflate?: boolean;
		readonly followRedirects?: boolean;
		readonly maxPayload?: number;
	};

	export class WebSocket extends EventEmitter {
		constructor(address: URL | string, protocols: readonly string[], options: ClientOptions);
		/** The protocol that was agreed on. */
		readonly protocol: string;
		/** 0 connecting, 1 open, 2 closing, 3 closed. */
		readonly readyState: number;
		send(data: Buffer | string, sent?: Sent): void;
		ping(data: string, mask?: boolean, sent?: Sent): void;
		pause(): void;
		resume(): void;
		close(code?: number): void;
		/** Ends the connection at once. */
		terminate(): void;
	}

	export class WebSocketServer extends EventEmitter {
		constructor(options: {
			readonly noServer: true;
			readonly perMessageDeflate?: boolean;
			readonly maxPayload?: number;
			readonly handleProtocols?: (offered: ReadonlySet<string>) => string | false;
		});
		handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: (socket: WebSocket) => void): void;
	}
}
