import {setStatus} from '../objects/conditions.ts';
import {dict} from '../objects/values.ts';
import type {Reconcile} from './types.ts';

const id = 'persistentvolumeclaims';
const retryMs = 5000;

/** Bind a claim, when its storage class exists, to a volume of which nothing is kept but the name. */
export const reconcileClaim: Reconcile = ({store, record}, namespace, name) => {
	const claim = store.get(id, namespace, name);
	if (!claim || claim.metadata.deletionTimestamp || dict(claim.status).phase === 'Bound') return undefined;
	const spec = dict(claim.spec);
	const className = String(spec.storageClassName ?? '');
	if (!store.get('storageclasses.storage.k8s.io', '', className)) {
		const message = `storageclass.storage.k8s.io "${className}" not found`;
		const component = 'persistentvolume-controller';
		record(claim, {component, type: 'Warning', reason: 'ProvisioningFailed', message});
		return retryMs;
	}
	const capacity = {storage: dict(dict(spec.resources).requests).storage ?? '1Gi'};
	const bound = store.put(id, {...claim, spec: {...spec, volumeName: `pvc-${claim.metadata.uid}`}});
	setStatus(store, id, bound, {phase: 'Bound', accessModes: spec.accessModes, capacity});
	return undefined;
};
