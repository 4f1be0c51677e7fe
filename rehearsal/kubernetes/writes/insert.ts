import {randomUUID} from 'node:crypto';
import {alreadyExists, invalid, required} from '../objects/errors.ts';
import {madeSuffix} from '../objects/made.ts';
import type {KubeObject, ObjectMeta} from '../objects/types.ts';
import {dropNulls, timestamp} from '../objects/values.ts';
import {validateObject} from '../validation/validate.ts';
import {admit, admitNamespace} from './admission.ts';
import {applyDefaults} from './defaults.ts';
import {dropEmpties, initialStatus} from './tidy.ts';
import {hasStatus, recorded, type Write} from './write.ts';

/** What only the server says of an object. */
const serverFields = ['resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'] as const;

const nameOf = ({name, generateName}: ObjectMeta): string => name || (generateName ? generateName + madeSuffix() : '');

const giveIdentity = ({info, now}: Write, metadata: Partial<ObjectMeta>): void => {
	for (const field of serverFields) delete metadata[field];
	metadata.uid = randomUUID();
	metadata.creationTimestamp = timestamp(now());
	if (info.counted) metadata.generation = 1;
};

/** Put a new object into the store, with defaults, checks and admission; works in place on the caller's copy. */
export const insert = (write: Write, object: KubeObject): KubeObject => {
	const {store, info, options} = write;
	const {metadata} = object;
	const {namespace = ''} = metadata;
	metadata.name = nameOf(metadata);
	if (!metadata.name) throw invalid(info, '', [required('metadata.name', 'name or generateName is required')]);
	if (info.namespaced) admitNamespace(store, info, namespace, metadata.name);
	giveIdentity(write, metadata);
	if (hasStatus(info)) delete object.status;
	dropNulls(object);
	applyDefaults(info.id, object);
	validateObject(info, object);
	dropEmpties(object);
	const status = initialStatus(info, object);
	if (status) object.status = status;
	if (info.id === 'persistentvolumeclaims') metadata.finalizers ??= ['kubernetes.io/pvc-protection'];
	if (store.get(info.id, namespace, metadata.name)) throw alreadyExists(info, metadata.name);
	admit(store, info, object);
	const made = recorded(write, undefined, object);
	return options.dryRun ? made : store.put(info.id, made);
};
