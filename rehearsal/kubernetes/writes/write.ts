import {apiVersionOf, type KindInfo} from '../objects/kinds.ts';
import {shapeOf} from '../objects/shapes.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject} from '../objects/types.ts';
import {timestamp} from '../objects/values.ts';
import {type ApplyOptions, recordUpdate} from '../patches/apply.ts';
import type {WriteOptions} from './types.ts';

/** One write under way. */
export type Write = {
	readonly store: Store;
	readonly now: () => Date;
	readonly info: KindInfo;
	readonly options: WriteOptions;
	/** A server-side apply keeps the books of ownership itself, by what was applied. */
	readonly operation: 'Apply' | 'Update';
};

export const hasStatus = (info: KindInfo): boolean => info.subresources.includes('status');

/** What the books of ownership need to know of a write. */
export const booksOf = ({info, options, operation, now}: Write): ApplyOptions => ({
	manager: {
		manager: options.manager,
		operation,
		apiVersion: apiVersionOf(info),
		...(options.subresource ? {subresource: options.subresource} : {}),
	},
	shape: shapeOf(info.id),
	hasStatus: hasStatus(info),
	now: timestamp(now()),
	force: options.force ?? false,
});

/** The object with its writer in the books. */
export const recorded = (write: Write, live: KubeObject | undefined, object: KubeObject): KubeObject =>
	write.operation === 'Apply' ? object : recordUpdate(live, object, booksOf(write));
