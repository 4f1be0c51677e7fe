import type {Body, Method} from '../http/types.ts';
import type {Scope} from './auth/login.ts';
import type {Context} from './refuse.ts';
import type {Call} from './transport.ts';

/** One request to a registry. */
export type Request = {
	readonly method: Method;
	/** Below the registry's root, or an absolute URL it gave. */
	readonly url: string | URL;
	readonly headers?: Readonly<Record<string, string>> | undefined;
	readonly body?: Body | undefined;
	/** Its body is of a blob: it alone may be sent on to another host. */
	readonly carriesBlob?: boolean | undefined;
	/** See `Call`: streams the body of a 200 or 206. An attempt that breaks may have given some of it already. */
	readonly receive?: Call['receive'];
	readonly scopes: readonly Scope[];
	/** Asked as by whoever has no login. */
	readonly isAnonymous?: boolean | undefined;
	/** See `Call`: it is given up sooner, and tried again less often, than others. */
	readonly brief?: boolean | undefined;
	readonly context: Context;
	readonly signal: AbortSignal;
	/** Statuses that the caller takes; any other becomes a problem. */
	readonly accept: readonly number[];
};
