import {randomUUID} from 'node:crypto';
import {alreadyExists, badRequest, conflict, invalid, modified, notFound, required} from '../objects/errors.ts';
import {apiVersionOf, type KindInfo} from '../objects/kinds.ts';
import {madeSuffix} from '../objects/made-names.ts';
import {shapeOf} from '../objects/shapes.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject, ObjectMeta} from '../objects/types.ts';
import {copy, dict, isDict, same, timestamp} from '../objects/values.ts';
import {applyObject, recordUpdate} from '../patches/apply.ts';
import {applyJsonPatch, applyMergePatch} from '../patches/json.ts';
import {applyStrategicPatch} from '../patches/strategic.ts';
import {checkFields, type FieldValidation} from '../validation/unknown-fields.ts';
import {validateObject, validateShape} from '../validation/validate.ts';
import {admit, admitNamespace} from './admission.ts';
import {applyDefaults} from './defaults.ts';
import {createRemoval, type Removal} from './removal.ts';
import {dropEmpties, initialStatus} from './tidy.ts';

/** How a write is done: who writes, whether it counts, and what happens to unknown fields. */
export type WriteOptions = {
	readonly manager: string;
	readonly dryRun?: boolean;
	readonly force?: boolean;
	readonly subresource?: string;
	readonly fieldValidation?: FieldValidation;
	/** Called with each warning; the HTTP layer makes `Warning` headers of them. */
	readonly warn?: (message: string) => void;
};

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** The writes of the API server, with admission and bookkeeping; the HTTP layer and the controllers share them. */
export type Operations = {
	readonly store: Store;
	readonly now: () => Date;
	readonly create: (info: KindInfo, namespace: string, body: unknown, options: WriteOptions) => KubeObject;
	readonly update: (
		info: KindInfo,
		namespace: string,
		name: string,
		body: unknown,
		options: WriteOptions,
	) => KubeObject;
	readonly patch: (
		info: KindInfo,
		namespace: string,
		name: string,
		type: PatchType,
		body: unknown,
		options: WriteOptions,
	) => {readonly object: KubeObject; readonly created: boolean};
	readonly remove: Removal;
};

const decode = (info: KindInfo, namespace: string, body: unknown): KubeObject => {
	if (!isDict(body)) throw badRequest('the object provided is unrecognized (must be of type object)');
	const object = copy(body) as KubeObject;
	const expected = apiVersionOf(info);
	object.apiVersion ??= expected;
	object.kind ??= info.kind;
	if (object.apiVersion !== expected) {
		throw badRequest(
			`the API version in the data (${object.apiVersion}) does not match the expected API version (${expected})`,
		);
	}
	if (object.kind !== info.kind)
		throw badRequest(
			`${object.kind} in version "${info.version}" cannot be handled as a ${info.kind}: converting (${info.version}.${object.kind}) to (${info.group.split('.')[0] || 'core'}.${info.kind}): unknown conversion`,
		);
	object.metadata = (isDict(object.metadata) ? object.metadata : {}) as ObjectMeta;
	if (info.namespaced) {
		if (object.metadata.namespace && object.metadata.namespace !== namespace) {
			throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
		}
		object.metadata.namespace = namespace;
	} else delete object.metadata.namespace;
	validateShape(info, object);
	return object;
};

/** Null members mean "not there" in the Kubernetes API. */
const dropNulls = (value: unknown): void => {
	if (Array.isArray(value)) for (const item of value) dropNulls(item);
	if (!isDict(value)) return;
	for (const key of Object.keys(value)) {
		if (value[key] === null) delete value[key];
		else dropNulls(value[key]);
	}
};

const hasStatus = (info: KindInfo): boolean => info.subresources.includes('status');

export const createOperations = (store: Store, now: () => Date): Operations => {
	const manager = (info: KindInfo, options: WriteOptions, operation: 'Apply' | 'Update') => ({
		manager: options.manager,
		operation,
		apiVersion: apiVersionOf(info),
		...(options.subresource ? {subresource: options.subresource} : {}),
	});
	const books = (info: KindInfo, options: WriteOptions, operation: 'Apply' | 'Update') => ({
		manager: manager(info, options, operation),
		shape: shapeOf(info.id),
		hasStatus: hasStatus(info),
		now: timestamp(now()),
		force: options.force ?? false,
	});

	const insert = (info: KindInfo, object: KubeObject, options: WriteOptions, isApply: boolean): KubeObject => {
		const shelf = info.id;
		const meta = object.metadata;
		if (!meta.name && meta.generateName) meta.name = meta.generateName + madeSuffix();
		if (!meta.name) throw invalid(info, '', [required('metadata.name', 'name or generateName is required')]);
		if (info.namespaced) admitNamespace(store, info, meta.namespace ?? '', meta.name);
		meta.uid = randomUUID();
		meta.creationTimestamp = timestamp(now());
		for (const field of ['resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'] as const) {
			delete (meta as Partial<ObjectMeta>)[field];
		}
		if (info.counted) meta.generation = 1;
		if (hasStatus(info)) delete object.status;
		dropNulls(object);
		applyDefaults(shelf, object);
		validateObject(info, object);
		dropEmpties(object);
		const status = initialStatus(info, object);
		if (status) object.status = status;
		if (info.id === 'persistentvolumeclaims') meta.finalizers ??= ['kubernetes.io/pvc-protection'];
		if (store.get(shelf, meta.namespace ?? '', meta.name)) throw alreadyExists(info, meta.name);
		admit(store, info, object);
		const recorded = isApply ? object : recordUpdate(undefined, object, books(info, options, 'Update'));
		return options.dryRun ? recorded : store.put(shelf, recorded);
	};

	/** Store `next` in place of `live`: what a main write may not touch is carried over, and nothing changed means no write. */
	const replace = (
		info: KindInfo,
		live: KubeObject,
		next: KubeObject,
		options: WriteOptions,
		isApply: boolean,
	): KubeObject => {
		const shelf = info.id;
		const name = live.metadata.name;
		const sent = next.metadata;
		if (sent.resourceVersion && sent.resourceVersion !== live.metadata.resourceVersion) throw modified(info, name);
		if (sent.uid && sent.uid !== live.metadata.uid) {
			throw conflict(
				info,
				name,
				`Precondition failed: UID in precondition: ${sent.uid}, UID in object meta: ${live.metadata.uid}`,
			);
		}
		let object: KubeObject = {
			...next,
			metadata: {...sent, uid: live.metadata.uid, name, creationTimestamp: live.metadata.creationTimestamp},
		};
		for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'generateName'] as const) {
			delete object.metadata[field];
			if (live.metadata[field] !== undefined) Object.assign(object.metadata, {[field]: live.metadata[field]});
		}
		object.metadata.resourceVersion = live.metadata.resourceVersion;
		dropNulls(object);
		if (options.subresource === 'status') {
			const metadata = {
				...live.metadata,
				...(object.metadata.managedFields ? {managedFields: object.metadata.managedFields} : {}),
			};
			object = {...live, metadata, status: object.status};
		} else {
			if (hasStatus(info)) {
				delete object.status;
				if (live.status !== undefined) object.status = live.status;
			}
			applyDefaults(shelf, object);
			admit(store, info, object, live);
			validateObject(info, object, live);
			dropEmpties(object);
			const annotations =
				info.id === 'deployments.apps' && !same(live.metadata.annotations, object.metadata.annotations);
			if (info.counted && (annotations || !same(live.spec, object.spec))) {
				object.metadata.generation = (live.metadata.generation ?? 0) + 1;
			}
		}
		const recorded = isApply ? object : recordUpdate(live, object, books(info, options, 'Update'));
		const isSame = same(
			{...recorded, metadata: {...recorded.metadata, managedFields: undefined}},
			{...live, metadata: {...live.metadata, managedFields: undefined}},
		);
		if (isSame && same(recorded.metadata.managedFields, live.metadata.managedFields)) return live;
		if (options.dryRun) return recorded;
		// The last finalizer of a deleted object went: now it goes too.
		if (
			recorded.metadata.deletionTimestamp &&
			!recorded.metadata.finalizers?.length &&
			info.id !== 'pods' &&
			info.id !== 'namespaces'
		) {
			store.remove(shelf, live.metadata.namespace ?? '', name);
			return recorded;
		}
		return store.put(shelf, recorded);
	};

	const operations: Operations = {
		store,
		now,
		create: (info, namespace, body, options) => {
			checkFields(info, body, options);
			return insert(info, decode(info, namespace, body), options, false);
		},
		update: (info, namespace, name, body, options) => {
			checkFields(info, body, options);
			const live = store.get(info.id, namespace, name);
			const object = decode(info, namespace, body);
			if (object.metadata.name !== name) {
				throw badRequest(
					`the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`,
				);
			}
			if (!live) throw notFound(info, name);
			return replace(info, live, object, options, false);
		},
		patch: (info, namespace, name, type, body, options) => {
			const live = store.get(info.id, namespace, name);
			if (type === 'apply') {
				checkFields(info, body, options);
				const {apiVersion = '', kind = ''} = dict(body);
				if (!kind) throw badRequest(`invalid object type: ${apiVersion ? String(apiVersion) : '/'}, Kind=`);
				const applied = decode(info, namespace, body);
				applied.metadata.name ??= name;
				if (applied.metadata.name !== name)
					throw badRequest(
						`the name of the object (${applied.metadata.name}) does not match the name on the URL (${name})`,
					);
				dropNulls(applied);
				if (info.id === 'secrets') moveStringData(applied);
				if (!live && options.subresource) throw notFound(info, name);
				const merged = copy(applyObject(live, applied, books(info, options, 'Apply')));
				if (!live) return {object: insert(info, merged, options, true), created: true};
				return {object: replace(info, live, merged, options, true), created: false};
			}
			if (!live) throw notFound(info, name);
			const shape = shapeOf(info.id);
			const next =
				type === 'json'
					? applyJsonPatch(live, body)
					: type === 'merge'
						? applyMergePatch(live, body)
						: applyStrategicPatch(live, body, shape);
			checkFields(info, next, options);
			const object = decode(info, namespace, next);
			const sentManagers = dict(dict(body).metadata).managedFields !== undefined || type === 'json';
			if (!sentManagers && live.metadata.managedFields) object.metadata.managedFields = live.metadata.managedFields;
			return {object: replace(info, live, object, options, false), created: false};
		},
		remove: createRemoval(store, now),
	};
	return operations;
};

const moveStringData = (secret: KubeObject): void => {
	const plain = dict(secret.stringData);
	if (Object.keys(plain).length === 0) return;
	const encoded = Object.entries(plain).map(
		([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const,
	);
	secret.data = {...dict(secret.data), ...Object.fromEntries(encoded)};
	delete secret.stringData;
};
