import type {RequestOptions} from 'node:https';
import type {Bandwidth} from './bandwidth.ts';
import type {Timeouts} from './types.ts';

/** How requests are made. */
export type Manner = {
	/** Options of node for a request to that address: its agent, its trust. @throws HttpFailure `identity` */
	readonly connect: (url: URL) => RequestOptions;
	readonly timeouts: Timeouts;
	/**
	 * Bytes of a body that may be handed to the connection and not yet taken when the next chunk is asked for: they keep the line busy
	 * while that is read. The memory of a body's chunks must stay as it is that long. None where nothing is said.
	 */
	readonly aheadBytes?: number | undefined;
	/** Bounds what all exchanges send together. */
	readonly bandwidth?: Bandwidth | undefined;
};

/** How requests are made whose answers are read whole. */
export type ExchangeManner = Manner & {
	readonly mostBytes: number;
	/** Hears of a server that takes no `Expect`, so that it is not asked again. */
	readonly onNoExpect?: ((url: URL) => void) | undefined;
};
