import {describe, expect, test} from 'vitest';
import {storagePlaceOf} from '../../../source/answers/storage/place.ts';
import type {KubeObject} from '../../../source/cluster/types.ts';
import type {StorageUse} from '../../../source/steps/storage/objects.ts';
import {tryStorage} from '../../../source/steps/storage/tried.ts';
import {carried, refusal} from '../parts.ts';
import {answersOf, code, type Given, refusalOf, worldOf} from '../world.ts';
import {storages, withStorage} from './answers.ts';

type Kind = keyof typeof storages;

const useOf = (kind: Kind): StorageUse => {
	const place = storagePlaceOf(withStorage(storages[kind]), 'artifacts');
	if (!place) throw new Error('no storage');
	const {podSecurityContext, nodeSelector, tolerations} = answersOf().controlPlane;
	return {place, name: 'zenml-artifacts', pod: {namespace: 'work', podSecurityContext, nodeSelector, tolerations}};
};

const tried = async (kind: Kind, cluster: Given['cluster']) =>
	refusalOf(
		tryStorage(
			worldOf({answers: withStorage(storages[kind]), bundle: carried(), cluster: {...cluster}}),
			useOf(kind),
		).then((problem) => ({problem})),
	);

const podSays = (said: Readonly<Record<string, unknown>>): Given['cluster'] => ({
	probe: async () => ({exitCode: 0, output: [JSON.stringify(said)]}),
});

const answered = (more: Readonly<Record<string, unknown>>) => ({
	error: 'No!',
	kind: 'answer',
	deed: 'write',
	status: 400,
	...more,
});
const inFolder = (more: Readonly<Record<string, unknown>>) => ({
	...{error: 'No!', kind: 'folder', deed: 'write', uid: 1000, gid: 1000, owner: 0, group: 0, mode: '755'},
	...more,
});

const through =
	'Let the pods of this cluster through: network policies, and the firewall between the nodes and the server.';

/** What a pod prints, and the cause and the move that follow from it. */
const table: readonly (readonly [Kind, Readonly<Record<string, unknown>>, string, string])[] = [
	[
		's3',
		{error: 'Name or service not known', kind: 'dns'},
		'The DNS of the cluster does not know the server. The pod says: Name or service not known.',
		'Have the name added to the DNS that pods ask, or correct artifacts.s3.endpoint.',
	],
	['s3', {error: 'timed out', kind: 'timeout'}, 'The pod does not get through. It says: timed out.', through],
	['s3', {error: 'refused', kind: 'refused'}, 'The pod does not get through. It says: refused.', through],
	[
		's3',
		{error: 'unable to get issuer', kind: 'certificate', code: 20},
		'The server shows a certificate that the CA did not sign. The pod says: unable to get issuer.',
		'Give the CA of that server in artifacts.s3.ca; without it, tls.ca counts.',
	],
	[
		's3',
		{error: 'hostname mismatch', kind: 'certificate', code: 62},
		'The server shows a certificate that is not for the host of artifacts.s3.endpoint. The pod says: hostname mismatch.',
		'Use a name that the certificate has, or have a certificate made for this one; with artifacts.s3.pathStyle false it must be for the bucket as well.',
	],
	[
		's3',
		answered({code: 'InvalidAccessKeyId'}),
		'The server does not know the access key. The server says: No!',
		'Correct artifacts.s3.accessKey, then start the same command again.',
	],
	[
		's3',
		answered({code: 'SignatureDoesNotMatch'}),
		'The server knows the access key, and the signature does not fit it: the secret key is another. The server says: No!',
		'Correct artifacts.s3.secretKey, then start the same command again.',
	],
	[
		's3',
		answered({code: 'NoSuchBucket'}),
		'The server has no bucket of this name. The server says: No!',
		'Have the bucket made, or correct artifacts.s3.bucket, then start the same command again.',
	],
	[
		's3',
		answered({code: 'AuthorizationHeaderMalformed', region: 'eu-1'}),
		'The server wants requests for another region: eu-1.',
		'Set artifacts.s3.region to it, then start the same command again.',
	],
	[
		's3',
		answered({code: 'RequestTimeTooSkewed', skew: -3600}),
		'The clocks of the node and of the server are 3600 s apart, and the server refuses a request that seems old.',
		'Have both set by the same time server (NTP); an S3 server bears 15 minutes.',
	],
	[
		's3',
		answered({code: 'AccessDenied'}),
		'The access key may not write in this bucket. The server says: No!',
		'Have the policy of the key allow s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on what is in it.',
	],
	[
		's3',
		answered({code: 'QuotaExceeded'}),
		'There is no room left. The server says: No!',
		'Have a quota raised or room made, then start the same command again.',
	],
	[
		's3',
		answered({code: 'PermanentRedirect', region: ''}),
		'The server refused to write with PermanentRedirect: No!',
		'Have what the server says mended, then start the same command again.',
	],
	['nfs', inFolder({code: 'EROFS'}), 'It is mounted to be read only.', 'Have it exported, or made, to be written to.'],
	[
		'nfs',
		inFolder({code: 'EACCES'}),
		'The pod is user 1000 and group 1000, and may not write: the folder belongs to user 0 and group 0, mode 755. A file server that squashes root takes even root for nobody.',
		'Have the folder given to that user or group, or set podSecurityContext to ones that may write there.',
	],
	[
		'storageClass',
		inFolder({code: 'ENOSPC'}),
		'There is no room left. The server says: No!',
		'Have a quota raised or room made, then start the same command again.',
	],
	[
		'storageClass',
		inFolder({code: 'EIO'}),
		'The pod itself says: No!',
		'Have that looked at, then start the same command again.',
	],
];

describe('storage that a pod cannot use', () => {
	test.each(table)('%s, %j', async (kind, said, cause, fix) => {
		const problem = await tried(kind, podSays(said));
		expect(problem).toMatchObject({code: code('storage-unusable'), cause, fix});
		expect(problem.message).toMatch(/^A pod in namespace work cannot use .+\.$/u);
	});

	test('names the answers that may mend it', async () => {
		const answersFor = async (said: Readonly<Record<string, unknown>>) => (await tried('s3', podSays(said))).answers;
		expect(await answersFor(answered({code: 'NoSuchBucket'}))).toEqual(['artifacts.s3.bucket']);
		expect(await answersFor({error: 'x', kind: 'dns'})).toEqual(['artifacts.s3.endpoint']);
		expect((await tried('nfs', podSays(inFolder({code: 'EROFS'})))).answers).toEqual([
			'artifacts.nfs.server',
			'artifacts.nfs.path',
		]);
	});

	test('a pod that works, or is not started, is no problem', async () => {
		const works = worldOf({answers: withStorage(storages.s3), bundle: carried(), cluster: {...podSays({ok: true})}});
		expect(await tryStorage(works, useOf('s3'))).toBeUndefined();
		expect(await tryStorage(worldOf({pass: 'look'}), useOf('nfs'))).toBeUndefined();
	});
});

const notMounted = (words: string): Given['cluster'] => ({
	probe: async () => {
		throw refusal('pod-volume-failed', 'x', {evidence: [words]});
	},
});

describe('storage that no node mounts', () => {
	test.each([
		[
			'mount.nfs: access denied by server while mounting',
			'The file server does not let the node mount the folder. The node says: mount.nfs: access denied by server while mounting.',
			'Have the export opened for the addresses of the nodes.',
		],
		[
			'mount.nfs: Connection refused',
			'The node does not reach the file server. It says: mount.nfs: Connection refused.',
			'Let the nodes through to it: TCP port 2049, for NFS 3 also 111 and those of mountd.',
		],
		[
			'mount.nfs: mounting nfs.corp:/export failed, reason given by server: No such file or directory',
			'The file server exports no such folder. The node says: mount.nfs: mounting nfs.corp:/export failed, reason given by server: No such file or directory.',
			'Correct artifacts.nfs.path, or have the folder exported.',
		],
		[
			'mount: bad option; you might need a /sbin/mount.nfs helper program',
			'The node has no program that mounts NFS. It says: mount: bad option; you might need a /sbin/mount.nfs helper program.',
			'Have the NFS client installed on every node (nfs-common, nfs-utils), or use a StorageClass.',
		],
		[
			'mount.nfs: Protocol not supported',
			'The node cannot mount it. It says: mount.nfs: Protocol not supported.',
			'Ask the cluster admin about this message.',
		],
	])('%s', async (words, cause, fix) => {
		expect(await tried('nfs', notMounted(words))).toMatchObject({code: 'storage-unusable', cause, fix});
	});
});

const claimOf = (phase: string): KubeObject => ({
	apiVersion: 'v1',
	kind: 'PersistentVolumeClaim',
	metadata: {name: 'zenml-artifacts', namespace: 'work'},
	status: {phase},
});

const eventOf = (message: string, lastTimestamp: string, name = 'zenml-artifacts'): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Event',
	metadata: {name: `${name}.${lastTimestamp}`, namespace: 'work'},
	involvedObject: {kind: 'PersistentVolumeClaim', name},
	...{reason: 'ProvisioningFailed', message, lastTimestamp},
});

const unbound = (phase: string, ...events: readonly KubeObject[]): Given['cluster'] => ({
	get: async () => claimOf(phase),
	list: async () => events,
	probe: async () => {
		throw refusal('pod-volume-unbound');
	},
});

describe('a claim without a volume', () => {
	test('is told with the newest words about it', async () => {
		const events = [
			eventOf('older', '2026-01-01T00:00:00Z'),
			eventOf('no provisioner', '2026-01-02T00:00:00Z'),
			eventOf('of another', '2026-01-03T00:00:00Z', 'other'),
		];
		expect(await tried('storageClass', unbound('Pending', ...events))).toMatchObject({
			code: 'storage-unusable',
			cause: 'The claim zenml-artifacts gets no volume. The cluster says: ProvisioningFailed: no provisioner.',
			fix: 'Have the provisioner of the StorageClass looked at.',
			nextSteps: ['kubectl -n work describe pvc zenml-artifacts'],
		});
	});

	test('that nobody takes up says so', async () => {
		expect((await tried('storageClass', unbound('Pending'))).cause).toBe(
			'The claim zenml-artifacts gets no volume. The cluster says: nothing; no provisioner has taken it up.',
		);
	});

	test('of an access mode that the class does not have', async () => {
		const event = eventOf('Only support ReadWriteOnce access mode', '2026-01-01T00:00:00Z');
		expect(await tried('storageClass', unbound('Pending', event))).toMatchObject({
			cause:
				'The StorageClass cannot make a volume of access mode ReadWriteMany. The cluster says: ProvisioningFailed: Only support ReadWriteOnce access mode.',
			fix: 'Name a class in artifacts.storageClass.name that can, or set artifacts.storageClass.accessMode to what it can.',
		});
	});

	test('that is bound is not the cause', async () => {
		expect(await tried('storageClass', unbound('Bound'))).toMatchObject({code: 'pod-volume-unbound'});
	});
});
