import {createHash} from 'node:crypto';
import type {ClassPlace, S3Place, StoragePlace} from '../../answers/storage/place.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {managedBy} from '../shared/names.ts';
import type {ProbePlace} from '../shared/pod-probe.ts';
import type {World} from '../world.ts';

/** Says on an object with which settings the storage was tried from a pod; whoever changes what is in the object takes it away. */
const triedAnnotation = 'zenml-airgap.io/tried';

/** Members of the Secret of a bucket. */
export const s3Keys = {accessKey: 'accessKey', secretKey: 'secretKey', ca: 'ca.crt'} as const;

/** Where a storage is tried, and the name of what is made for it there. */
export type StorageUse = {readonly place: StoragePlace; readonly pod: ProbePlace; readonly name: string};

const fingerprintOf = ({place, pod}: StorageUse): string => {
	const {namespace, podSecurityContext} = pod;
	return createHash('sha256')
		.update(JSON.stringify([place, namespace, podSecurityContext]))
		.digest('hex')
		.slice(0, 16);
};

/** Text of the CA that signed the server's certificate; empty where it speaks no TLS. */
const caOf = async (
	{answers, host}: World,
	{endpoint, ca, from}: S3Place & {readonly from: string},
): Promise<string> => {
	if (!endpoint.startsWith('https:')) return '';
	return ca === undefined ? host.readFile(answers.tls.ca, 'tls.ca') : host.readFile(ca, `${from}.s3.ca`);
};

const keysOf = async (world: World, place: Extract<StoragePlace, {kind: 's3'}>): Promise<Record<string, string>> => {
	const {accessKey, secretKey, from} = place;
	return {
		[s3Keys.accessKey]: await world.resolveSecret(accessKey, `${from}.s3.accessKey`),
		[s3Keys.secretKey]: await world.resolveSecret(secretKey, `${from}.s3.secretKey`),
		[s3Keys.ca]: await caOf(world, place),
	};
};

const encoded = (data: Readonly<Record<string, string>>) =>
	Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]));

/**
 * What remembers that a storage was tried: the Secret with its keys, or a ConfigMap where it has none.
 * @param tried whether it says so
 */
export const recordObject = async (world: World, use: StorageUse, tried: boolean): Promise<KubeObject> => {
	const {place, pod, name} = use;
	const annotations = tried ? {annotations: {[triedAnnotation]: fingerprintOf(use)}} : {};
	const metadata = {name, namespace: pod.namespace, labels: managedBy, ...annotations};
	if (place.kind === 's3')
		return {apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: encoded(await keysOf(world, place))};
	const data = place.kind === 'nfs' ? {server: place.server, path: place.path} : {storageClass: place.name};
	return {apiVersion: 'v1', kind: 'ConfigMap', metadata, data};
};

/** The claim on a volume of a StorageClass. */
export const claimObject = ({size, accessMode, name: storageClassName}: ClassPlace, at: StorageUse): KubeObject => ({
	apiVersion: 'v1',
	kind: 'PersistentVolumeClaim',
	metadata: {name: at.name, namespace: at.pod.namespace, labels: managedBy},
	spec: {accessModes: [accessMode], storageClassName, resources: {requests: {storage: size}}},
});

/** What a storage needs in the cluster before it can be tried. */
export const claimsOf = (use: StorageUse): readonly KubeObject[] =>
	use.place.kind === 'storageClass' ? [claimObject(use.place, use)] : [];
