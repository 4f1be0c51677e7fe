import * as z from 'zod';
import {host, label, path, quantity, secretRefSchema} from '../parts.ts';

/** A plain path of a file server: no way leads up, and no option of a mount hides in it. */
const exportPath = z
	.string()
	.regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))[A-Za-z0-9._/-]{0,500}$/u, 'be an absolute path of letters, digits and . _ - /');

/** Where files of a site lie: a bucket. What is needed with which kind stands in rules/storage.ts. */
const s3 = (bucket: string) =>
	z
		.strictObject({
			endpoint: z
				.string()
				.regex(
					/^https?:\/\/([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:\d{1,5})?$/u,
					'be https:// and a host in lower case, with a port where it has another than 443, and no path',
				)
				.optional()
				.describe('Address of the S3-compatible server, for path style without the bucket')
				.meta({examples: ['https://s3.internal.mycompany.com']}),
			bucket: z
				.string()
				.regex(
					/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u,
					'be the name of a bucket: 3 to 63 lower-case letters, digits, . and -',
				)
				.optional()
				.describe('Bucket; it is not made for you')
				.meta({examples: [bucket]}),
			prefix: z
				.string()
				.regex(/^([A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*)?$/u, 'be a path without a slash at its ends, such as team/zenml')
				.default('')
				.describe('Path in the bucket under which everything lies; may be empty')
				.meta({examples: ['zenml']}),
			region: z
				.string()
				.regex(/^[a-z0-9][a-z0-9-]{0,62}$/u, 'be the name of a region such as us-east-1')
				.default('us-east-1')
				.describe('Region that requests are signed for; most servers inside an air gap take the default'),
			accessKey: secretRefSchema
				.optional()
				.describe('Access key')
				.meta({examples: ['env:S3_ACCESS_KEY']}),
			secretKey: secretRefSchema
				.optional()
				.describe('Secret key that belongs to it')
				.meta({examples: ['env:S3_SECRET_KEY']}),
			ca: path
				.optional()
				.describe('CA certificate of that server (PEM); by default tls.ca')
				.meta({examples: ['/etc/pki/zenml/s3-ca.crt']}),
			pathStyle: z
				.boolean()
				.default(true)
				.describe('The bucket stands in the path and not in the host name: what nearly every server of your own needs'),
			plainHttp: z.boolean().default(false).describe('Speak HTTP without TLS: keys and files can be read on the way'),
		})
		.prefault({})
		.describe('A bucket of an S3-compatible server');

const nfs = z
	.strictObject({
		server: host
			.optional()
			.describe('NFS server')
			.meta({examples: ['nfs.internal.mycompany.com']}),
		path: exportPath
			.optional()
			.describe('Exported folder')
			.meta({examples: ['/export/zenml']}),
	})
	.prefault({})
	.describe('A folder of an NFS server, which the nodes mount');

const storageClass = (size: string, accessMode: 'ReadWriteMany' | 'ReadWriteOnce') =>
	z
		.strictObject({
			name: label
				.optional()
				.describe('StorageClass of the cluster')
				.meta({examples: ['shared-files']}),
			size: quantity.default(size).describe('Size of the volume'),
			accessMode: z
				.enum(['ReadWriteMany', 'ReadWriteOnce'])
				.default(accessMode)
				.describe('ReadWriteMany: pods on several nodes write at the same time; ReadWriteOnce: those of one node'),
		})
		.prefault({})
		.describe('A volume that a StorageClass of the cluster makes');

/**
 * Storage of a site, for whatever lies in it: the kind, and a group for each kind.
 * @param of example of a bucket, size of a volume, and who mounts it at the same time
 */
export const storage = (of: {
	readonly bucket: string;
	readonly size: string;
	readonly accessMode: 'ReadWriteMany' | 'ReadWriteOnce';
	readonly kind: string;
}) => ({
	kind: z.enum(['none', 's3', 'nfs', 'storageClass']).default('none').describe(of.kind),
	s3: s3(of.bucket),
	nfs,
	storageClass: storageClass(of.size, of.accessMode),
});
