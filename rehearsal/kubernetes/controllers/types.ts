import type {RecordEvent} from '../objects/events.ts';
import type {Store} from '../objects/store.ts';
import type {Operations} from '../writes/types.ts';

/** What every controller gets to work with. */
export type Context = {
	readonly operations: Operations;
	readonly store: Store;
	readonly now: () => Date;
	readonly record: RecordEvent;
};

/**
 * A controller: looks at one object by name, does what it lacks, and writes down how far it is. It may answer a number
 * of milliseconds after which it wants to look again. Nothing is kept between two looks: all that it knows is in the
 * store.
 */
export type Reconcile = (context: Context, namespace: string, name: string) => number | undefined;

/** How controllers call themselves in the books of ownership. */
export const manager = 'kube-controller-manager';
