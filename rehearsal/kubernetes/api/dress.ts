import {apiVersionOf, type KindInfo} from '../objects/kinds.ts';
import type {KubeObject} from '../objects/types.ts';
import type {Dict} from '../objects/values.ts';
import type {Dress} from './http.ts';
import {toTable} from './tables.ts';

export type DressOptions = {
	readonly dress: Dress;
	/** Of a table: the whole objects beside the cells. */
	readonly whole: boolean;
	readonly now: Date;
};

/** In a list the items of built-in kinds carry neither kind nor version: the list tells both. */
export const asItem = ({kind: _, apiVersion: __, ...rest}: KubeObject): Record<string, unknown> => rest;

const metadataOf = ({metadata}: KubeObject): Dict => ({
	kind: 'PartialObjectMetadata',
	apiVersion: 'meta.k8s.io/v1',
	metadata,
});

/** One object in the form that the client asked for. */
export const dressObject = (info: KindInfo, object: KubeObject, options: DressOptions): unknown => {
	if (options.dress === 'metadata') return metadataOf(object);
	if (options.dress === 'object') return object;
	return toTable(info.id, [object], {resourceVersion: object.metadata.resourceVersion}, options);
};

/** A list in the form that the client asked for. */
export const dressList = (
	info: KindInfo,
	objects: readonly KubeObject[],
	metadata: Dict,
	options: DressOptions,
): unknown => {
	if (options.dress === 'table') return toTable(info.id, objects, metadata, options);
	if (options.dress === 'metadata')
		return {
			kind: 'PartialObjectMetadataList',
			apiVersion: 'meta.k8s.io/v1',
			metadata,
			items: objects.map(metadataOf),
		};
	return {kind: `${info.kind}List`, apiVersion: apiVersionOf(info), metadata, items: objects.map(asItem)};
};
