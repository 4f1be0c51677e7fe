import type {IncomingMessage, ServerResponse} from 'node:http';
import type {Route} from './routes.ts';
import type {Store} from './store/index.ts';
import type {RegistryCounters, RegistryFaults} from './types.ts';

/** What all requests share. */
export type Registry = {
	readonly store: Store;
	readonly faults: RegistryFaults;
	readonly counters: RegistryCounters;
	/** Waits until the line has room for so many bytes. */
	readonly wait: (bytes: number) => Promise<void>;
};

/** One request. */
export type Call = {
	readonly registry: Registry;
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly query: URLSearchParams;
};

/** What is done for a kind of route. */
export type Handler<Kind extends Route['kind']> = (
	call: Call,
	route: Extract<Route, {readonly kind: Kind}>,
) => void | Promise<void>;
