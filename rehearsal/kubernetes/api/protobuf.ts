import {ApiError} from '../objects/errors.ts';
import {type Dict, ensureDict} from '../objects/values.ts';

/**
 * Reading of request bodies in `application/vnd.kubernetes.protobuf`. Helm 3.18 and 4.2 keep their releases through a typed Go client,
 * which sends this form since client-go 1.33: the Secret of a revision, and how to delete it. Everything else they send as JSON.
 * Answers stay JSON: such clients accept it.
 * Field numbers: the `generated.proto` files of k8s.io/api and k8s.io/apimachinery 1.34.
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
const messages: Readonly<Record<string, Message>> = {
	DeleteOptions: deleteOptions,
	Secret: {
		1: metadata,
		2: map('data', 'bytes'),
		3: text('type'),
		4: map('stringData', 'string'),
		5: pointer('immutable', 'bool'),
	},
};

type Raw = {readonly number: number; readonly value: number | Buffer};

/** The fields of a message on the wire: varints as numbers, everything with a length as bytes. */
const readFields = (buffer: Buffer): Raw[] => {
	const found: Raw[] = [];
	let at = 0;
	const varint = (): number => {
		let result = 0n;
		for (let shift = 0n; ; shift += 7n) {
			const byte = buffer[at];
			if (byte === undefined) throw new ApiError(400, 'BadRequest', 'proto: unexpected end of message');
			at += 1;
			result |= BigInt(byte & 0x7f) << shift;
			if ((byte & 0x80) === 0) return Number(BigInt.asIntN(64, result));
		}
	};
	while (at < buffer.length) {
		const tag = varint();
		const wire = tag & 7;
		if (wire === 0) found.push({number: tag >> 3, value: varint()});
		else if (wire === 2) {
			const length = varint();
			found.push({number: tag >> 3, value: buffer.subarray(at, at + length)});
			at += length;
		} else at += wire === 1 ? 8 : 4;
	}
	return found;
};

const readTime = (buffer: Buffer): string | undefined => {
	const fields = readFields(buffer);
	const seconds = fields.find((field) => field.number === 1)?.value;
	const nanos = fields.find((field) => field.number === 2)?.value ?? 0;
	// A zero Go time is an empty message, or a date far before any cluster.
	if (typeof seconds !== 'number' || seconds <= 0) return undefined;
	const iso = new Date(seconds * 1000).toISOString().slice(0, 19);
	return nanos ? `${iso}.${String(Math.floor(Number(nanos) / 1000)).padStart(6, '0')}Z` : `${iso}Z`;
};

const readValue = (type: Scalar | Message, value: number | Buffer): unknown => {
	if (typeof value === 'number') return type === 'bool' ? value !== 0 : value;
	if (type === 'string') return value.toString('utf8');
	if (type === 'bytes') return value.toString('base64');
	if (type === 'time') return readTime(value);
	if (type === 'json') {
		const raw = readFields(value).find((field) => field.number === 1)?.value;
		return Buffer.isBuffer(raw) && raw.length > 0 ? JSON.parse(raw.toString('utf8')) : {};
	}
	return typeof type === 'object' ? readMessage(type, value) : undefined;
};

const readMessage = (message: Message, buffer: Buffer): Dict => {
	const result: Dict = {};
	for (const {number, value} of readFields(buffer)) {
		const field = message[number];
		if (!field) continue;
		if (field.many === 'map' && Buffer.isBuffer(value)) {
			const entry = readFields(value);
			const key = entry.find((item) => item.number === 1)?.value ?? '';
			const inner = entry.find((item) => item.number === 2)?.value ?? Buffer.alloc(0);
			ensureDict(result, field.name)[key.toString()] = readValue(field.type, inner);
			continue;
		}
		const read = readValue(field.type, value);
		if (field.many === 'list') {
			const items = result[field.name];
			if (Array.isArray(items)) items.push(read);
			else result[field.name] = [read];
		} else if (field.pointer || (read !== '' && read !== 0 && read !== undefined)) result[field.name] = read;
	}
	return result;
};

/**
 * Read a body in the Kubernetes protobuf envelope (`k8s\0` and a runtime.Unknown). Throws a 415 for a kind that is not
 * read in this form; clients send every kind as JSON too.
 */
export const decodeProtobuf = (body: Buffer): Dict => {
	const refuse = (what: string): ApiError =>
		new ApiError(
			415,
			'UnsupportedMediaType',
			`${what} in protobuf form is not read here - accepted media types include: application/json, application/yaml`,
		);
	if (body.subarray(0, 4).toString('latin1') !== 'k8s\0') throw refuse('a body without the Kubernetes envelope');
	const unknown = readMessage(
		{1: one('typeMeta', {1: text('apiVersion'), 2: text('kind')}), 2: {name: 'raw', type: 'bytes'}},
		body.subarray(4),
	);
	const {apiVersion, kind} = ensureDict(unknown, 'typeMeta');
	const message = messages[String(kind)];
	if (!message) throw refuse(`a ${kind}`);
	return {apiVersion, kind, ...readMessage(message, Buffer.from(String(unknown.raw ?? ''), 'base64'))};
};
