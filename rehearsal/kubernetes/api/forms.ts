import {apiVersionOf, type KindInfo} from '../objects/kinds.ts';
import type {KubeObject} from '../objects/types.ts';
import {type Dict, omit} from '../objects/values.ts';
import {toTable} from './tables/table.ts';

/** What an answer shows of objects: all of them, a table for people, or their metadata alone. */
export type Form = {
	readonly as: 'object' | 'table' | 'metadata';
	/** Of a table: the whole objects beside the cells. */
	readonly whole: boolean;
	readonly now: Date;
};

/** The first form that an Accept header names and this server has; binary forms are passed over. */
export const formOf = (accept: string): Form['as'] => {
	const wanted = accept.split(',').filter((part) => !part.includes('protobuf') && !part.includes('cbor'));
	for (const part of wanted) {
		if (part.includes('as=Table') && !part.includes('v=v1beta1')) return 'table';
		if (part.includes('as=PartialObjectMetadata')) return 'metadata';
		if (part.includes('json') || part.includes('*/*')) return 'object';
	}
	return 'object';
};

/** In a list the items of built-in kinds carry neither kind nor version: the list tells both. */
const asItem = (object: KubeObject): Dict => omit(object, 'kind', 'apiVersion');

const metadataOf = ({metadata}: KubeObject): Dict => ({
	kind: 'PartialObjectMetadata',
	apiVersion: 'meta.k8s.io/v1',
	metadata,
});

/** One object in the form that the client asked for. */
export const formObject = (info: KindInfo, object: KubeObject, form: Form): unknown => {
	if (form.as === 'metadata') return metadataOf(object);
	if (form.as === 'object') return object;
	return toTable(info.id, [object], {resourceVersion: object.metadata.resourceVersion}, form);
};

/** A list of whole objects. */
export const listOf = (info: KindInfo, objects: readonly KubeObject[], metadata: Dict): Dict => ({
	kind: `${info.kind}List`,
	apiVersion: apiVersionOf(info),
	metadata,
	items: objects.map(asItem),
});

/** A list in the form that the client asked for. */
export const formList = (info: KindInfo, objects: readonly KubeObject[], metadata: Dict, form: Form): Dict => {
	if (form.as === 'table') return toTable(info.id, objects, metadata, form);
	if (form.as === 'object') return listOf(info, objects, metadata);
	const items = objects.map(metadataOf);
	return {kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items};
};
