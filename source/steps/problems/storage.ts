import type {ProblemTable} from '../../base/problem-table.ts';

const saysIt = 'The server says: {words}';
const tryAgain = 'then start the same command again.';

/** Storage of the site that pods cannot use, or that cannot be there. */
export const storageTable = {
	'storage-class-missing': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The cluster has no StorageClass "{name}".',
		cases: {
			none: {cause: 'It has none at all.'},
			others: {cause: 'It has: {others}.'},
		},
		fix: 'Name one of them in {at}.storageClass.name, or have it made.',
	},
	'storage-unusable': {
		area: 'cluster',
		message: 'A pod in namespace {namespace} cannot use {storage}.',
		cases: {
			name: {
				who: 'cluster admin',
				cause: 'The DNS of the cluster does not know the server. The pod says: {words}',
				fix: 'Have the name added to the DNS that pods ask, or correct {at}.s3.endpoint.',
				nextSteps: ['kubectl -n kube-system get configmap coredns -o yaml'],
			},
			network: {
				who: 'network team',
				cause: 'The pod does not get through. It says: {words}',
				fix: 'Let the pods of this cluster through: network policies, and the firewall between the nodes and the server.',
				nextSteps: ['kubectl -n {namespace} get networkpolicy'],
			},
			'untrusted certificate': {
				cause: 'The server shows a certificate that the CA did not sign. The pod says: {words}',
				fix: 'Give the CA of that server in {at}.s3.ca; without it, tls.ca counts.',
			},
			'certificate of another host': {
				cause: 'The server shows a certificate that is not for the host of {at}.s3.endpoint. The pod says: {words}',
				fix: 'Use a name that the certificate has, or have a certificate made for this one; with {at}.s3.pathStyle false it must be for the bucket as well.',
			},
			'unknown key': {
				cause: `The server does not know the access key. ${saysIt}`,
				fix: `Correct {at}.s3.accessKey, ${tryAgain}`,
			},
			'wrong key': {
				cause: `The server knows the access key, and the signature does not fit it: the secret key is another. ${saysIt}`,
				fix: `Correct {at}.s3.secretKey, ${tryAgain}`,
			},
			'no bucket': {
				cause: `The server has no bucket of this name. ${saysIt}`,
				fix: `Have the bucket made, or correct {at}.s3.bucket, ${tryAgain}`,
			},
			region: {
				cause: 'The server wants requests for another region: {region}.',
				fix: `Set {at}.s3.region to it, ${tryAgain}`,
			},
			clock: {
				who: 'cluster admin',
				cause:
					'The clocks of the node and of the server are {skew} s apart, and the server refuses a request that seems old.',
				fix: 'Have both set by the same time server (NTP); an S3 server bears 15 minutes.',
			},
			'no right': {
				cause: `The access key may not {deed} in this bucket. ${saysIt}`,
				fix: 'Have the policy of the key allow s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on what is in it.',
			},
			full: {
				cause: `There is no room left. ${saysIt}`,
				fix: `Have a quota raised or room made, ${tryAgain}`,
			},
			'another answer': {
				cause: 'The server refused to {deed} with {code}: {words}',
				fix: `Have what the server says mended, ${tryAgain}`,
			},
			'mount refused': {
				cause: 'The file server does not let the node mount the folder. The node says: {words}',
				fix: 'Have the export opened for the addresses of the nodes.',
			},
			'mount unreachable': {
				who: 'network team',
				cause: 'The node does not reach the file server. It says: {words}',
				fix: 'Let the nodes through to it: TCP port 2049, for NFS 3 also 111 and those of mountd.',
			},
			'no such folder': {
				cause: 'The file server exports no such folder. The node says: {words}',
				fix: 'Correct {at}.nfs.path, or have the folder exported.',
			},
			'no NFS client': {
				who: 'cluster admin',
				cause: 'The node has no program that mounts NFS. It says: {words}',
				fix: 'Have the NFS client installed on every node (nfs-common, nfs-utils), or use a StorageClass.',
			},
			'not mounted': {
				who: 'cluster admin',
				cause: 'The node cannot mount it. It says: {words}',
				fix: 'Ask the cluster admin about this message.',
			},
			'read-only': {
				cause: 'It is mounted to be read only.',
				fix: 'Have it exported, or made, to be written to.',
			},
			'not allowed': {
				cause:
					'The pod is user {uid} and group {gid}, and may not {deed}: the folder belongs to user {owner} and group {group}, mode {mode}. A file server that squashes root takes even root for nobody.',
				fix: 'Have the folder given to that user or group, or set podSecurityContext to ones that may write there.',
			},
			'no volume': {
				who: 'cluster admin',
				cause: 'The claim {claim} gets no volume. The cluster says: {words}',
				fix: 'Have the provisioner of the StorageClass looked at.',
				nextSteps: ['kubectl -n {namespace} describe pvc {claim}'],
			},
			'access mode': {
				who: 'cluster admin',
				cause: 'The StorageClass cannot make a volume of access mode {accessMode}. The cluster says: {words}',
				fix: 'Name a class in {at}.storageClass.name that can, or set {at}.storageClass.accessMode to what it can.',
				nextSteps: ['kubectl -n {namespace} describe pvc {claim}'],
			},
			other: {
				cause: 'The pod itself says: {words}',
				fix: `Have that looked at, ${tryAgain}`,
			},
		},
	},
} as const satisfies ProblemTable;
