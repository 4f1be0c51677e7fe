import * as z from 'zod';
import {storage} from './storage.ts';

/** Where the artifacts of pipelines lie. */
export const artifacts = z
	.strictObject(
		storage({
			bucket: 'zenml-artifacts',
			size: '100Gi',
			accessMode: 'ReadWriteMany',
			kind: 'Storage that users register as artifact store: a bucket, a folder of an NFS server, or a volume; none leaves it to them',
		}),
	)
	.prefault({})
	.describe('Storage for the artifacts of pipelines');
