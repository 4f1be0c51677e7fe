import type {ColleaguePace} from './colleagues.ts';
import type {Pace as ClusterPace} from './kubernetes/index.ts';
import type {Pace} from './types.ts';

/** How fast each part of a site is. */
type Paces = {
	readonly cluster: ClusterPace;
	/** Of programs in containers: 1 as in life, 0 without pauses. */
	readonly slowness: number;
	/** Of uploads to the registry; without a number as fast as they come. */
	readonly bytesPerSecond?: number;
	readonly colleagues: ColleaguePace;
};

/**
 * `real`: the waits of the colleagues begin when the installer is about to ask, so that each hand-over page is seen for
 * some seconds. `fast`: records come with the Ingress, long before anybody asks.
 */
export const paces: Readonly<Record<Pace, Paces>> = {
	real: {
		cluster: {readyAfterMs: 1500, stopMs: 800, backoffMs: 5000, retryMs: 500, addressMs: 1500},
		slowness: 1,
		bytesPerSecond: 12_000_000,
		colleagues: {recordMs: 8000, recordAnywayMs: 90_000, forgottenMs: 20_000, trustMs: 11_000, trustAnywayMs: 120_000},
	},
	fast: {
		cluster: {readyAfterMs: 20, stopMs: 10, backoffMs: 150, retryMs: 30, addressMs: 10},
		slowness: 0,
		colleagues: {recordMs: 50, recordAnywayMs: 50, forgottenMs: 1000, trustMs: 50, trustAnywayMs: 3000},
	},
};
