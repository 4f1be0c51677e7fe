import {setStatus} from '../objects/conditions.ts';
import {ageOf} from '../objects/made.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject} from '../objects/types.ts';
import {dict} from '../objects/values.ts';
import type {EntryPoint} from './services.ts';
import type {Reconcile} from './types.ts';

const id = 'ingresses.networking.k8s.io';

/** Is the Ingress of a class that this cluster has? */
const isServed = (store: Store, {metadata, spec}: KubeObject): boolean => {
	const name = dict(spec).ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'];
	return typeof name === 'string' && store.get('ingressclasses.networking.k8s.io', '', name) !== undefined;
};

/** Give an Ingress the controller's address, after a while. Only Ingresses of a class that exists get one. */
export const reconcileIngress =
	({address, afterMs}: EntryPoint): Reconcile =>
	({store, now}, namespace, name) => {
		const ingress = store.get(id, namespace, name);
		if (!ingress) return undefined;
		const served = isServed(store, ingress);
		const left = afterMs - ageOf(ingress, now());
		if (served && left > 0) return left;
		setStatus(store, id, ingress, {loadBalancer: served ? {ingress: [{ip: address}]} : {}});
		return undefined;
	};
