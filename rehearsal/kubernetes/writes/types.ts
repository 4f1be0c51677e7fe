import type {Status} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject} from '../objects/types.ts';
import type {FieldValidation} from '../validation/unknown-fields.ts';

/** How a write is done: who writes, whether it counts, and what happens to unknown fields. */
export type WriteOptions = {
	readonly manager: string;
	readonly dryRun?: boolean | undefined;
	readonly force?: boolean | undefined;
	readonly subresource?: string | undefined;
	readonly fieldValidation?: FieldValidation | undefined;
	/** Called with each warning; the HTTP layer makes `Warning` headers of them. */
	readonly warn?: ((message: string) => void) | undefined;
};

/** How an object is deleted. */
export type DeleteOptions = {
	readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined;
	readonly gracePeriodSeconds?: number | undefined;
	readonly preconditions?: {readonly uid?: string; readonly resourceVersion?: string} | undefined;
	readonly dryRun?: boolean | undefined;
	readonly warn?: ((message: string) => void) | undefined;
};

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';
export type Patch = {readonly type: PatchType; readonly body: unknown};

/** The object that a write is about; its namespace is empty where the kind has none. */
export type Target = {readonly info: KindInfo; readonly namespace: string; readonly name: string};

/** The writes of the API server, with admission and bookkeeping; the HTTP layer and the controllers share them. */
export type Operations = {
	readonly store: Store;
	readonly now: () => Date;
	readonly create: (info: KindInfo, namespace: string, body: unknown, options: WriteOptions) => KubeObject;
	readonly update: (target: Target, body: unknown, options: WriteOptions) => KubeObject;
	readonly patch: (
		target: Target,
		patch: Patch,
		options: WriteOptions,
	) => {readonly object: KubeObject; readonly created: boolean};
	/** Answers the object while something holds it, and for kinds that answer what they deleted; else a Status. */
	readonly remove: (target: Target, options: DeleteOptions) => KubeObject | Status;
};
