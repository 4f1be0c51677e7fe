import type {V1ListMeta} from '@kubernetes/client-node';
import {isMissing} from '../errors.ts';
import type {KubeObject, Wire} from '../kinds.ts';
import type {Requests} from '../requests.ts';
import type {Selection} from '../types.ts';
import {nameOf} from './names.ts';
import type {Paths} from './resources.ts';
import type {ObjectApi} from './types.ts';
import {unless} from './unless.ts';

/**
 * Objects in one answer; the rest follows by `continue` (Kubernetes API concepts, "Retrieving large results sets in
 * chunks").
 */
const pageSize = '500';

/** Any `*List` kind. Its items carry neither kind nor apiVersion. */
type List = {
	readonly items?: readonly Omit<KubeObject, 'apiVersion' | 'kind'>[] | null;
	readonly metadata?: Wire<V1ListMeta>;
};

const itemsOf = ({items}: List, {apiVersion, kind}: Selection): readonly KubeObject[] =>
	(items ?? []).map((item) => ({...item, apiVersion, kind}) as KubeObject);

/** Looking at objects. */
export const createReads = (requests: Requests, paths: Paths): Pick<ObjectApi, 'get' | 'list' | 'listVersioned'> => {
	const get: ObjectApi['get'] = async (reference, signal) => {
		const path = await paths.find(reference, signal);
		if (path === undefined) return undefined;
		const sent = requests.send({method: 'GET', path, deed: `read ${nameOf(reference)}`, signal});
		return (await unless(isMissing, sent))?.body as KubeObject | undefined;
	};
	const listVersioned: ObjectApi['listVersioned'] = async (of, signal) => {
		const path = await paths.demand(of, signal);
		const deed = `list ${of.kind} objects${of.namespace ? ` of ${of.namespace}` : ''}`;
		const selectors = {labelSelector: of.labelSelector || undefined, fieldSelector: of.fieldSelector || undefined};
		const items: KubeObject[] = [];
		for (let next: string | undefined; ; ) {
			const query = {...selectors, limit: pageSize, continue: next};
			const page = (await requests.send({method: 'GET', path, query, deed, signal})).body as List;
			items.push(...itemsOf(page, of));
			if (!page.metadata?.continue) return {items, resourceVersion: page.metadata?.resourceVersion ?? ''};
			next = page.metadata.continue;
		}
	};
	return {get, listVersioned, list: async (of, signal) => (await listVersioned(of, signal)).items};
};
