import {ApiError} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import type {KubeObject} from '../objects/types.ts';
import {dict} from '../objects/values.ts';
import {hasBadQuantity} from './pods.ts';

/** What the JSON decoder of Go calls a value. */
const goType = (value: unknown): string => {
	if (Array.isArray(value)) return 'array';
	return typeof value === 'boolean' ? 'bool' : typeof value;
};

/** Why a map does not decode into one of strings; undefined when it does. */
const noStrings = (map: unknown, field: string): string | undefined => {
	const wrong = Object.values(dict(map)).find((value) => typeof value !== 'string' && value !== null);
	return wrong === undefined
		? undefined
		: `json: cannot unmarshal ${goType(wrong)} into Go struct field ${field} of type string`;
};

const isBase64 = (value: unknown): boolean =>
	value === null || (typeof value === 'string' && /^[A-Za-z0-9+/\s]*={0,2}$/u.test(value));

const badAmount = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const secretFault = ({stringData, data}: KubeObject): string | undefined =>
	noStrings(stringData, 'Secret.stringData') ??
	(Object.values(dict(data)).every(isBase64) ? undefined : 'illegal base64 data at input byte 0');

const faultOf = (info: KindInfo, object: KubeObject): string | undefined => {
	const podSpec = info.id === 'pods' ? object.spec : dict(dict(object.spec).template).spec;
	return (
		noStrings(object.metadata.labels, 'ObjectMeta.metadata.labels') ??
		noStrings(object.metadata.annotations, 'ObjectMeta.metadata.annotations') ??
		(hasBadQuantity(podSpec) ? badAmount : undefined) ??
		(info.id === 'configmaps' ? noStrings(object.data, 'ConfigMap.data') : undefined) ??
		(info.id === 'secrets' ? secretFault(object) : undefined)
	);
};

/** Refuse (400) what would not even decode: values of the wrong type in Secrets, ConfigMaps, labels and annotations. */
export const refuseUndecodable = (info: KindInfo, object: KubeObject): void => {
	const fault = faultOf(info, object);
	if (fault === undefined) return;
	const {version, kind} = info;
	throw new ApiError(400, 'BadRequest', `${kind} in version "${version}" cannot be handled as a ${kind}: ${fault}`);
};
