import {type Draft, getAt} from '../tree.ts';
import {advanced, type Question, question} from './types.ts';

type Kind = 's3' | 'nfs' | 'storageClass';

/** The questions about a storage, each asked where its kind is chosen. @param at where it stands in the answers */
export const storageQuestions = (at: 'artifacts' | 'backup.schedule'): readonly Question[] => {
	const of =
		(kind: Kind) =>
		(draft: Draft): boolean =>
			getAt(draft, `${at}.kind`) === kind;
	const [s3, nfs, storageClass] = [{when: of('s3')}, {when: of('nfs')}, {when: of('storageClass')}];
	return [
		question(`${at}.s3.endpoint`, 'S3 address', 'Pods must reach it; it is tried from one.', s3),
		question(`${at}.s3.bucket`, 'Bucket', 'It has to be there: most sites give nobody the right to make one.', s3),
		advanced(`${at}.s3.prefix`, 'Path in the bucket', 'Keeps what lies there apart from what others put into it.', s3),
		advanced(`${at}.s3.region`, 'Region', 'Each request is signed for one; a wrong one is refused.', s3),
		question(`${at}.s3.accessKey`, 'Access key', 'It must be able to list, read, write and remove in the bucket.', s3),
		question(`${at}.s3.secretKey`, 'Secret key', 'It goes into a Secret of the cluster and nowhere else.', s3),
		advanced(`${at}.s3.ca`, 'CA of the S3 server', 'Left empty, it is the CA of this site.', s3),
		advanced(
			`${at}.s3.pathStyle`,
			'Bucket in the path',
			'Otherwise the name of the bucket becomes part of the host name.',
			s3,
		),
		advanced(`${at}.s3.plainHttp`, 'S3 without TLS', 'Whoever is on the way reads the files then.', s3),
		question(`${at}.nfs.server`, 'NFS server', 'The nodes mount it, and need an NFS client for that.', nfs),
		question(`${at}.nfs.path`, 'Exported folder', 'The user that pods run as must be able to write there.', nfs),
		question(
			`${at}.storageClass.name`,
			'StorageClass',
			'It makes the volume; the cluster admin knows which ones there are.',
			storageClass,
		),
		advanced(
			`${at}.storageClass.size`,
			'Size of the volume',
			'Many classes let it grow later, and none lets it shrink.',
			storageClass,
		),
		advanced(
			`${at}.storageClass.accessMode`,
			'Access mode',
			'What pods on several nodes mount at once must be ReadWriteMany.',
			storageClass,
		),
	];
};
