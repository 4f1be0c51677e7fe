import {kindById, kinds} from '../objects/kinds.ts';
import {madeMetadata} from '../objects/made.ts';
import type {Dict} from '../objects/values.ts';
import type {Context, Reconcile} from './types.ts';

/** How soon a namespace that still holds something is looked at again, ms. */
const retryMs = 50;

const contents = kinds.filter(({namespaced}) => namespaced);

/** What every namespace holds from its beginning: the account that pods run as, and the CA of the cluster. */
const furnish = ({store, now}: Context, namespace: string, caPem: string): void => {
	const put = (id: string, name: string, rest: Dict): void => {
		if (store.get(id, namespace, name)) return;
		const {kind} = kindById(id);
		store.put(id, {apiVersion: 'v1', kind, metadata: madeMetadata(now(), {name, namespace}), ...rest});
	};
	put('serviceaccounts', 'default', {});
	put('configmaps', 'kube-root-ca.crt', {data: {'ca.crt': caPem}});
};

/** Delete what is in a namespace; answers how much is still there. */
const empty = ({store, operations}: Context, namespace: string): number => {
	let left = 0;
	for (const info of contents) {
		for (const {metadata} of store.list(info.id, namespace)) {
			const target = {info, namespace, name: metadata.name};
			if (!metadata.deletionTimestamp) operations.remove(target, {propagationPolicy: 'Background'});
			if (store.get(info.id, namespace, metadata.name)) left += 1;
		}
	}
	return left;
};

/** Empty a namespace that is going away and remove it; give a new one its service account and CA. */
export const reconcileNamespace =
	(caPem: string): Reconcile =>
	(context, _, name) => {
		const namespace = context.store.get('namespaces', '', name);
		if (!namespace) return undefined;
		if (!namespace.metadata.deletionTimestamp) {
			furnish(context, name, caPem);
			return undefined;
		}
		if (empty(context, name) > 0 || namespace.metadata.finalizers?.length) return retryMs;
		context.store.remove('namespaces', '', name);
		return undefined;
	};
