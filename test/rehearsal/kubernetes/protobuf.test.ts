import {expect, test} from 'vitest';
import {decodeProtobuf} from '../../../rehearsal/kubernetes/api/protobuf.ts';

/** A number in seven bits a byte. */
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);

/** A field as it stands on the wire: numbers as varints, everything else with its length. */
const field = (number: number, value: number | string | Buffer): Buffer => {
	if (typeof value === 'number') return Buffer.from([...varint(number << 3), ...varint(value)]);
	const bytes = Buffer.from(value);
	return Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
};
const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);

/** A message in the envelope of Kubernetes. */
const envelope = (kind: string, raw: Buffer): Buffer =>
	message(Buffer.from('k8s\0'), field(1, message(field(1, 'v1'), field(2, kind))), field(2, raw));

const entry = (key: string, value: string) => message(field(1, key), field(2, value));

test('a Secret comes out as its JSON, owners and books included', () => {
	const owner = message(field(1, 'Job'), field(3, 'j'), field(4, 'u'), field(5, 'batch/v1'), field(6, 1), field(7, 0));
	const books = message(
		field(1, 'helm'),
		field(2, 'Update'),
		field(4, message(field(1, 1_767_225_600), field(2, 5000))),
		field(7, field(1, '{"f:data":{}}')),
	);
	const metadata = message(
		field(1, 'sh.helm.release.v1.pro.v1'),
		field(3, 'zenml'),
		field(7, 0),
		field(8, Buffer.alloc(0)),
		field(9, field(1, 1_767_225_600)),
		field(11, entry('owner', 'helm')),
		field(13, owner),
		field(14, 'keep'),
		field(14, 'wait'),
		field(17, books),
		field(17, field(7, Buffer.alloc(0))),
	);
	const secret = message(
		field(1, metadata),
		field(2, entry('release', 'H4sI')),
		field(2, field(1, 'empty')),
		field(3, 'helm.sh/release.v1'),
		field(5, 0),
	);
	expect(decodeProtobuf(envelope('Secret', secret))).toEqual({
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {
			name: 'sh.helm.release.v1.pro.v1',
			namespace: 'zenml',
			deletionTimestamp: '2026-01-01T00:00:00Z',
			labels: {owner: 'helm'},
			ownerReferences: [
				{kind: 'Job', name: 'j', uid: 'u', apiVersion: 'batch/v1', controller: true, blockOwnerDeletion: false},
			],
			finalizers: ['keep', 'wait'],
			managedFields: [
				{manager: 'helm', operation: 'Update', time: '2026-01-01T00:00:00.000005Z', fieldsV1: {'f:data': {}}},
				{fieldsV1: {}},
			],
		},
		data: {release: Buffer.from('H4sI').toString('base64'), empty: ''},
		type: 'helm.sh/release.v1',
		immutable: false,
	});
});

test('options of a deletion keep a zero that was sent, and what is of another form is passed over', () => {
	const eight = Buffer.concat([Buffer.from([(9 << 3) | 1]), Buffer.alloc(8)]);
	const four = Buffer.concat([Buffer.from([(9 << 3) | 5]), Buffer.alloc(4)]);
	const options = message(field(1, 0), eight, four, field(2, field(1, 'u')), field(4, 'Background'), field(5, 'All'));
	expect(decodeProtobuf(envelope('DeleteOptions', options))).toEqual({
		apiVersion: 'v1',
		kind: 'DeleteOptions',
		gracePeriodSeconds: 0,
		preconditions: {uid: 'u'},
		propagationPolicy: 'Background',
		dryRun: ['All'],
	});
});

test.each([
	['another kind', envelope('Pod', Buffer.alloc(0)), 415, 'a Pod in protobuf form is not read here'],
	['no envelope', Buffer.from('{}'), 415, 'a body without the Kubernetes envelope'],
	['half a message', envelope('Secret', Buffer.from([0x80])), 400, 'proto: unexpected end of message'],
])('%s is refused', (...[, body, code, words]) => {
	expect(() => decodeProtobuf(body)).toThrow(
		expect.objectContaining({message: expect.stringContaining(words), status: expect.objectContaining({code})}),
	);
});
