import type {Answers} from '../schema.ts';

/** Where in the answers a storage stands. */
export type StoragePath = 'artifacts' | 'backup.schedule';

/** A bucket; keys are the references of the answers. Without `ca`, `tls.ca` counts. */
export type S3Place = {
	readonly kind: 's3';
	readonly endpoint: string;
	readonly bucket: string;
	readonly prefix: string;
	readonly region: string;
	readonly accessKey: string;
	readonly secretKey: string;
	readonly ca?: string | undefined;
	readonly pathStyle: boolean;
};
/** A folder of an NFS server. */
export type NfsPlace = {readonly kind: 'nfs'; readonly server: string; readonly path: string};
/** A volume that a StorageClass makes. */
export type ClassPlace = {
	readonly kind: 'storageClass';
	readonly name: string;
	readonly size: string;
	readonly accessMode: 'ReadWriteMany' | 'ReadWriteOnce';
};
/** A storage with everything that its kind needs, and nothing of the others. */
export type StoragePlace = (S3Place | NfsPlace | ClassPlace) & {readonly from: StoragePath};

/** Rules of the answers demand these; only answers that nobody checked lack one. @throws TypeError */
const demanded = (value: string | undefined, at: string): string => {
	if (value === undefined) throw new TypeError(`${at} is missing in answers that were not checked`);
	return value;
};

/** A storage of the answers; undefined where there is to be none. */
export const storagePlaceOf = ({artifacts, backup}: Answers, from: StoragePath): StoragePlace | undefined => {
	const {kind, s3, nfs, storageClass} = from === 'artifacts' ? artifacts : backup.schedule;
	if (kind === 's3') {
		const {endpoint, bucket, accessKey, secretKey, ca, prefix, region, pathStyle} = s3;
		const key = (value: string | undefined, name: string): string => demanded(value, `${from}.s3.${name}`);
		return {
			...{from, kind, prefix, region, pathStyle, ca},
			endpoint: key(endpoint, 'endpoint'),
			bucket: key(bucket, 'bucket'),
			accessKey: key(accessKey, 'accessKey'),
			secretKey: key(secretKey, 'secretKey'),
		};
	}
	if (kind === 'nfs') {
		const [server, path] = [demanded(nfs.server, `${from}.nfs.server`), demanded(nfs.path, `${from}.nfs.path`)];
		return {from, kind, server, path};
	}
	if (kind === 'none') return undefined;
	const {size, accessMode} = storageClass;
	return {from, kind, name: demanded(storageClass.name, `${from}.storageClass.name`), size, accessMode};
};

/** A storage in a few words, without what a login of it is. */
export const wordsOfPlace = (place: StoragePlace): string => {
	if (place.kind === 's3')
		return `bucket ${place.bucket}${place.prefix === '' ? '' : `/${place.prefix}`} at ${place.endpoint}`;
	if (place.kind === 'nfs') return `${place.path} of NFS server ${place.server}`;
	return `a volume of StorageClass ${place.name}`;
};
