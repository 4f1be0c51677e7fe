import {badRequest} from '../objects/errors.ts';
import {apiVersionOf, type KindInfo} from '../objects/kinds.ts';
import type {KubeObject, ObjectMeta} from '../objects/types.ts';
import {copy, isDict} from '../objects/values.ts';
import {refuseUndecodable} from '../validation/decoding.ts';

const refuseOtherKind = (info: KindInfo, {apiVersion, kind}: KubeObject): void => {
	const expected = apiVersionOf(info);
	if (apiVersion !== expected)
		throw badRequest(
			`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
		);
	if (kind === info.kind) return;
	const {version, group} = info;
	const to = `${group.split('.')[0] || 'core'}.${info.kind}`;
	throw badRequest(
		`${kind} in version "${version}" cannot be handled as a ${info.kind}: converting (${version}.${kind}) to (${to}): unknown conversion`,
	);
};

const putInto = (namespace: string, metadata: ObjectMeta): void => {
	if (metadata.namespace && metadata.namespace !== namespace)
		throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
	metadata.namespace = namespace;
};

/** A body as an object of the kind, in a copy; refuses (400) what is another kind or does not decode. */
export const decode = (info: KindInfo, namespace: string, body: unknown): KubeObject => {
	if (!isDict(body)) throw badRequest('the object provided is unrecognized (must be of type object)');
	const object = copy(body) as KubeObject;
	object.apiVersion ??= apiVersionOf(info);
	object.kind ??= info.kind;
	refuseOtherKind(info, object);
	object.metadata = (isDict(object.metadata) ? object.metadata : {}) as ObjectMeta;
	if (info.namespaced) putInto(namespace, object.metadata);
	else delete object.metadata.namespace;
	refuseUndecodable(info, object);
	return object;
};

/** Refuse (400) a body that names another object than the URL. */
export const refuseOtherName = (object: KubeObject, name: string): void => {
	if (object.metadata.name === name) return;
	throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`);
};
