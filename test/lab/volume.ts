import {chmod, mkdir} from 'node:fs/promises';
import {send, targetFromFile} from './api-client.ts';
import {labFacts} from './lab.ts';

const cluster = targetFromFile('lab', labFacts().kubernetes.kubeconfig);

const name = 'lab-files';
const classes = '/apis/storage.k8s.io/v1/storageclasses';
const volumes = '/api/v1/persistentvolumes';

/** A volume of the node for one claim. */
export type LabVolume = {
	/** Of its StorageClass. */
	readonly name: string;
	/** Where its files are. */
	readonly folder: string;
	readonly close: () => Promise<void>;
};

/** Makes a StorageClass with one volume, as an administrator does where nothing provisions them. The folder is made. */
export const openVolume = async (folder: string): Promise<LabVolume> => {
	// Kubernetes gives such a volume to no group: whoever makes its folder has to.
	await mkdir(folder, {recursive: true});
	await chmod(folder, 0o777);
	const close = async (): Promise<void> => {
		for (const path of [`${volumes}/${name}`, `${classes}/${name}`]) await send(cluster, 'DELETE', path);
	};
	await close();
	await send(cluster, 'POST', classes, {
		...{apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: {name}},
		provisioner: 'kubernetes.io/no-provisioner',
	});
	await send(cluster, 'POST', volumes, {
		...{apiVersion: 'v1', kind: 'PersistentVolume', metadata: {name}},
		spec: {
			capacity: {storage: '1Gi'},
			accessModes: ['ReadWriteOnce', 'ReadWriteMany'],
			...{persistentVolumeReclaimPolicy: 'Retain', storageClassName: name, hostPath: {path: folder}},
		},
	});
	return {name, folder, close};
};
