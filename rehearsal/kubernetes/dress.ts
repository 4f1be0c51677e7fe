import type {Dress} from './http.ts';
import type {KindInfo} from './kinds.ts';
import type {KubeObject} from './objects.ts';
import {toTable} from './tables.ts';
import {type Dict, dict} from './values.ts';

/** A core Event seen as events.k8s.io/v1. */
const asNewEvent = (event: KubeObject): KubeObject => {
	const {
		involvedObject,
		message,
		count,
		source,
		firstTimestamp,
		lastTimestamp,
		reportingComponent,
		reportingInstance,
		...rest
	} = event;
	return {
		...rest,
		apiVersion: 'events.k8s.io/v1',
		regarding: involvedObject,
		note: message,
		reportingController: reportingComponent ?? '',
		reportingInstance: reportingInstance ?? '',
		deprecatedSource: source,
		deprecatedFirstTimestamp: firstTimestamp,
		deprecatedLastTimestamp: lastTimestamp,
		deprecatedCount: count,
	} as KubeObject;
};

/** An events.k8s.io/v1 Event as the core Event that is stored. */
export const asCoreEvent = (event: Dict): Dict => {
	const {
		regarding,
		note,
		reportingController,
		deprecatedSource,
		deprecatedFirstTimestamp,
		deprecatedLastTimestamp,
		deprecatedCount,
		...rest
	} = event;
	return {
		...rest,
		apiVersion: 'v1',
		involvedObject: regarding ?? {},
		message: note ?? '',
		reportingComponent: reportingController ?? '',
		source: deprecatedSource ?? {},
		firstTimestamp: deprecatedFirstTimestamp ?? rest.eventTime ?? null,
		lastTimestamp: deprecatedLastTimestamp ?? rest.eventTime ?? null,
		count: deprecatedCount ?? 1,
	};
};

/** A stored object in the API version of the kind it was asked through. */
export const inVersion = (info: KindInfo, object: KubeObject): KubeObject =>
	info.id === 'events.events.k8s.io' ? asNewEvent(object) : object;

export type DressOptions = {
	readonly dress: Dress;
	readonly include: string | null;
	readonly now: Date;
	readonly headings?: boolean;
};

/** In a list the items of built-in kinds carry neither kind nor version: the list tells both. */
export const asItem = ({kind: _, apiVersion: __, ...rest}: KubeObject): Record<string, unknown> => rest;

/** One object in the form that the client asked for. */
export const dressObject = (info: KindInfo, object: KubeObject, options: DressOptions): unknown => {
	if (options.dress === 'table') {
		const metadata = {resourceVersion: object.metadata.resourceVersion};
		return toTable(info.id, [object], metadata, {...options, headings: options.headings ?? true});
	}
	if (options.dress === 'metadata') {
		return {kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata};
	}
	return inVersion(info, object);
};

/** A list in the form that the client asked for. */
export const dressList = (
	info: KindInfo,
	apiVersion: string,
	objects: readonly KubeObject[],
	metadata: Dict,
	options: DressOptions,
): unknown => {
	if (options.dress === 'table') return toTable(info.id, objects, metadata, {...options, headings: true});
	if (options.dress === 'metadata') {
		const items = objects.map((object) => dict(dressObject(info, object, options)));
		return {kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items};
	}
	return {
		kind: `${info.kind}List`,
		apiVersion,
		metadata,
		items: objects.map((object) => asItem(inVersion(info, object))),
	};
};
