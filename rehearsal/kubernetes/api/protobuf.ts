import {ApiError} from '../objects/errors.ts';
import {type Dict, ensureDict, list} from '../objects/values.ts';
import {fieldOf, readFields} from './wire.ts';

/**
 * Reading of request bodies in `application/vnd.kubernetes.protobuf`. Helm 3.18 and 4.2 keep their releases through a
 * typed Go client, which sends this form since client-go 1.33: the Secret of a revision, and how to delete it. So does kubectl with its
 * questions (`auth can-i`, `auth whoami`). Everything else they send as JSON. Answers stay JSON: such clients accept it. Field numbers: the `generated.proto`
 * files of k8s.io/api and k8s.io/apimachinery 1.34.
 */
type Scalar = 'string' | 'bytes' | 'int' | 'bool' | 'time' | 'json';
type Field = {
	readonly name: string;
	readonly type: Scalar | Message;
	readonly many?: 'list' | 'map';
	/** A pointer in Go: a zero that was sent is meant. */
	readonly pointer?: true;
};
type Message = Readonly<Record<number, Field>>;

const text = (name: string): Field => ({name, type: 'string'});
const pointer = (name: string, type: Scalar): Field => ({name, type, pointer: true});
const one = (name: string, type: Message): Field => ({name, type});
const many = (name: string, type: Scalar | Message): Field => ({name, type, many: 'list'});
const map = (name: string, type: Scalar): Field => ({name, type, many: 'map'});

const ownerReference: Message = {
	1: text('kind'),
	3: text('name'),
	4: text('uid'),
	5: text('apiVersion'),
	6: pointer('controller', 'bool'),
	7: pointer('blockOwnerDeletion', 'bool'),
};
const managedFields: Message = {
	1: text('manager'),
	2: text('operation'),
	3: text('apiVersion'),
	4: {name: 'time', type: 'time'},
	6: text('fieldsType'),
	7: {name: 'fieldsV1', type: 'json'},
	8: text('subresource'),
};
const metadata = one('metadata', {
	1: text('name'),
	2: text('generateName'),
	3: text('namespace'),
	5: text('uid'),
	6: text('resourceVersion'),
	7: {name: 'generation', type: 'int'},
	8: {name: 'creationTimestamp', type: 'time'},
	9: {name: 'deletionTimestamp', type: 'time'},
	10: pointer('deletionGracePeriodSeconds', 'int'),
	11: map('labels', 'string'),
	12: map('annotations', 'string'),
	13: many('ownerReferences', ownerReference),
	14: many('finalizers', 'string'),
	17: many('managedFields', managedFields),
});
const deleteOptions: Message = {
	1: pointer('gracePeriodSeconds', 'int'),
	2: one('preconditions', {1: text('uid'), 2: text('resourceVersion')}),
	3: pointer('orphanDependents', 'bool'),
	4: text('propagationPolicy'),
	5: many('dryRun', 'string'),
};
/** k8s.io/api/authorization/v1. */
const accessReviewSpec: Message = {
	1: one('resourceAttributes', {
		1: text('namespace'),
		2: text('verb'),
		3: text('group'),
		4: text('version'),
		5: text('resource'),
		6: text('subresource'),
		7: text('name'),
	}),
	2: one('nonResourceAttributes', {1: text('path'), 2: text('verb')}),
};
const messages: Readonly<Record<string, Message>> = {
	DeleteOptions: deleteOptions,
	SelfSubjectAccessReview: {1: metadata, 2: one('spec', accessReviewSpec)},
	SelfSubjectReview: {1: metadata},
	SelfSubjectRulesReview: {1: metadata, 2: one('spec', {1: text('namespace')})},
	Secret: {
		1: metadata,
		2: map('data', 'bytes'),
		3: text('type'),
		4: map('stringData', 'string'),
		5: pointer('immutable', 'bool'),
	},
};

const readTime = (buffer: Buffer): string | undefined => {
	const fields = readFields(buffer);
	const seconds = fieldOf(fields, 1);
	// A zero Go time is an empty message, or a date far before any cluster.
	if (typeof seconds !== 'number' || seconds <= 0) return undefined;
	const iso = new Date(seconds * 1000).toISOString().slice(0, 19);
	const micros = Math.floor(Number(fieldOf(fields, 2) ?? 0) / 1000);
	return micros > 0 ? `${iso}.${String(micros).padStart(6, '0')}Z` : `${iso}Z`;
};

const readJson = (buffer: Buffer): unknown => {
	const raw = fieldOf(readFields(buffer), 1);
	return Buffer.isBuffer(raw) && raw.length > 0 ? JSON.parse(raw.toString('utf8')) : {};
};

const scalars: Readonly<Record<Exclude<Scalar, 'int' | 'bool'>, (buffer: Buffer) => unknown>> = {
	string: (buffer) => buffer.toString('utf8'),
	bytes: (buffer) => buffer.toString('base64'),
	time: readTime,
	json: readJson,
};

const readValue = (type: Scalar | Message, value: number | Buffer): unknown => {
	if (typeof value === 'number') return type === 'bool' ? value !== 0 : value;
	if (typeof type === 'object') return readMessage(type, value);
	return type === 'int' || type === 'bool' ? undefined : scalars[type](value);
};

/** What a field that stands on the wire adds to a message; a zero that Go sends for nothing adds nothing. */
const addField = (result: Dict, {name, type, many, pointer}: Field, value: number | Buffer): void => {
	if (many === 'map' && Buffer.isBuffer(value)) {
		const entry = readFields(value);
		ensureDict(result, name)[String(fieldOf(entry, 1) ?? '')] = readValue(type, fieldOf(entry, 2) ?? Buffer.alloc(0));
		return;
	}
	const read = readValue(type, value);
	if (many === 'list') result[name] = [...list(result[name]), read];
	else if (pointer || (read !== '' && read !== 0 && read !== undefined)) result[name] = read;
};

const readMessage = (message: Message, buffer: Buffer): Dict => {
	const result: Dict = {};
	for (const {number, value} of readFields(buffer)) {
		const field = message[number];
		if (field) addField(result, field, value);
	}
	return result;
};

const refuse = (what: string): ApiError =>
	new ApiError(
		415,
		'UnsupportedMediaType',
		`${what} in protobuf form is not read here - accepted media types include: application/json, application/yaml`,
	);

/**
 * Read a body in the Kubernetes protobuf envelope (`k8s\0` and a runtime.Unknown). Throws a 415 for a kind that is not
 * read in this form; clients send every kind as JSON too.
 */
export const decodeProtobuf = (body: Buffer): Dict => {
	if (body.subarray(0, 4).toString('latin1') !== 'k8s\0') throw refuse('a body without the Kubernetes envelope');
	const unknown = readMessage(
		{1: one('typeMeta', {1: text('apiVersion'), 2: text('kind')}), 2: {name: 'raw', type: 'bytes'}},
		body.subarray(4),
	);
	const {apiVersion, kind} = ensureDict(unknown, 'typeMeta');
	const message = Object.hasOwn(messages, String(kind)) ? messages[String(kind)] : undefined;
	if (!message) throw refuse(`a ${kind}`);
	return {apiVersion, kind, ...readMessage(message, Buffer.from(String(unknown.raw ?? ''), 'base64'))};
};
