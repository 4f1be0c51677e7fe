import type {Answers} from '../answers/schema.ts';
import type {S3Place, StoragePath, StoragePlace} from '../answers/storage/place.ts';
import type {HandoverSection} from '../base/handover.ts';
import {onCluster} from '../base/people/cluster-commands.ts';
import {shellWord} from '../base/shell.ts';
import {coverNote, type Said} from './cover-note.ts';
import type {Asking, Pack} from './pack.ts';

const title = 'Storage for artifacts and backups';
const who = 'storage admin';

const purposes: Readonly<Record<StoragePath, string>> = {
	artifacts: 'artifacts of pipelines',
	'backup.schedule': 'scheduled backups',
};

/** A place that is a bucket. */
type Bucket = Extract<StoragePlace, {readonly kind: 's3'}>;

/** What lies in front of the names of all that is kept there: `backups/`, or nothing. */
const folderOf = ({prefix}: S3Place): string => (prefix === '' ? '' : `${prefix}/`);

/**
 * The least that an account on the bucket needs (Amazon S3, actions for policies); other stores take the same document. It may list the
 * bucket, and touches nothing but what lies below its prefix.
 */
const policy = (place: S3Place): readonly string[] => {
	const {bucket} = place;
	return JSON.stringify(
		{
			Version: '2012-10-17',
			Statement: [
				{
					Effect: 'Allow',
					Action: ['s3:ListBucket', 's3:GetBucketLocation'],
					Resource: [`arn:aws:s3:::${bucket}`],
				},
				{
					Effect: 'Allow',
					Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
					Resource: [`arn:aws:s3:::${bucket}/${folderOf(place)}*`],
				},
			],
		},
		undefined,
		2,
	).split('\n');
};

const s3Words = (place: Bucket, policyFile: string): readonly Said[] => [
	`Bucket ${place.bucket} at ${place.endpoint}, for ${purposes[place.from]}${place.prefix === '' ? '' : ` (below ${place.prefix})`}: private, encrypted at rest where your rules ask for it. An account of its own with its access key and secret key, and the rights in ${policyFile}. Send the keys on another way than these papers came, and the CA certificate of the endpoint if it is not the internal CA.`,
];

/** Whoever reads artifacts may not delete backups: places in one bucket have accounts, and rights, of their own. */
const policyFileOf = ({bucket, from}: Bucket, places: readonly StoragePlace[]): string => {
	const isShared = places.filter((one) => one.kind === 's3' && one.bucket === bucket).length > 1;
	const name = isShared ? `${bucket}-${from === 'artifacts' ? 'artifacts' : 'backups'}` : bucket;
	return `policy-${name}.json`;
};

const wordsOf = (place: StoragePlace, places: readonly StoragePlace[]): readonly Said[] => {
	if (place.kind === 's3') return s3Words(place, policyFileOf(place, places));
	const purpose = purposes[place.from];
	if (place.kind === 'nfs')
		return [
			`NFS export ${place.path} of ${place.server}, for ${purpose}: readable and writable from every node, NFS 4 over TCP port 2049, root squashed or not; the folder must be writable by user and group 1000.`,
		];
	return [
		`StorageClass ${place.name} in the cluster, for ${purpose}: it must make volumes of ${place.size} with access mode ${place.accessMode} by itself.`,
	];
};

/** mount(8) takes an IPv6 address in brackets. */
const bracketed = (server: string): string => (server.includes(':') ? `[${server.replace(/^\[|\]$/gu, '')}]` : server);

const checkOf = (place: StoragePlace, {cluster}: Asking): readonly Said[] => {
	if (place.kind === 's3') {
		const {bucket, endpoint} = place;
		const folder = `s3://${bucket}/${folderOf(place)}`;
		const isTls = endpoint.startsWith('https:');
		const aws = `aws${isTls ? ' --ca-bundle ca.crt' : ''} --endpoint-url ${shellWord(endpoint)} s3`;
		return [
			`With the keys of that account, in this folder${isTls ? '; ca.crt is the CA of the endpoint (without a CA of your own, leave --ca-bundle out)' : ''}. It writes, lists and takes away again:`,
			{
				exact: [
					`${aws} cp README.txt ${shellWord(`${folder}.zenml-check`)}`,
					`${aws} ls ${shellWord(folder)}`,
					`${aws} rm ${shellWord(`${folder}.zenml-check`)}`,
				],
			},
		];
	}
	if (place.kind === 'nfs')
		return [
			'From a node, as root; it mounts the export, writes there as user 1000, and takes all of it back:',
			{
				exact: [
					'mkdir /tmp/nfs-check',
					`mount -t nfs -o vers=4 ${shellWord(`${bracketed(place.server)}:${place.path}`)} /tmp/nfs-check`,
					'setpriv --reuid 1000 --regid 1000 --clear-groups touch /tmp/nfs-check/.zenml-check',
					'setpriv --reuid 1000 --regid 1000 --clear-groups rm /tmp/nfs-check/.zenml-check',
					'umount /tmp/nfs-check; rmdir /tmp/nfs-check',
				],
			},
		];
	const look = onCluster('kubectl get storageclasses', cluster?.inUse ?? {});
	return [`By the operator, on the jump host; ${place.name} is in the list:`, {exact: [look]}];
};

/** How a place is taken away, and what is lost with it. Of what lies in one bucket with other things only its own part goes. */
const undoOf = (place: StoragePlace): string => {
	const lost = `The ${purposes[place.from]} that lie there are gone then.`;
	if (place.kind === 's3') {
		const what =
			place.prefix === '' ? `the bucket ${place.bucket}` : `what lies below ${place.prefix} in ${place.bucket}`;
		return `Delete ${what}, and the account on it. ${lost}`;
	}
	if (place.kind === 'nfs') return `Delete the folder ${place.path} of ${place.server} and its export. ${lost}`;
	return `Delete the volumes that were made with the StorageClass ${place.name}, which the cluster admin knows. ${lost}`;
};

/** What is said of one place holds for the next of its kind: its words stand before the first of them alone. */
const saidOnce = (said: readonly Said[]): readonly Said[] =>
	said.filter((one, index) => typeof one !== 'string' || said.indexOf(one) === index);

/** What has to fit there, as far as the answers tell it. */
const roomOf = (places: readonly StoragePlace[], {cron, retentionDays}: Kept): readonly Said[] => [
	...(places.some(({from}) => from === 'backup.schedule')
		? [
				`Room for scheduled backups: the compressed dumps of all databases, one set at each "${cron}" (cron, UTC), kept for ${retentionDays} days; the last good one stays in any case.`,
			]
		: []),
	...(places.some(({from}) => from === 'artifacts')
		? ['Room for artifacts: what your pipelines write, which nobody can tell beforehand.']
		: []),
	'Watch how full it gets.',
];

/** When scheduled backups are made, and for how many days each is kept. */
export type Kept = Pick<Answers['backup']['schedule'], 'cron' | 'retentionDays'>;

/** The papers with which the storage admin makes the places that the answers name. @param places at least one */
export const storagePack = (places: readonly StoragePlace[], kept: Kept, asking: Asking): Pack => {
	const policies = places.flatMap((place): readonly HandoverSection[] =>
		place.kind === 's3'
			? [{title: `Rights on ${place.bucket}`, fileName: policyFileOf(place, places), lines: policy(place)}]
			: [],
	);
	return {
		id: 'storage',
		title,
		who,
		intro: 'Artifacts of pipelines and backups lie outside of the databases, in storage of your own.',
		sections: [
			coverNote(
				{
					title,
					who,
					why: ['Pipelines keep their data there, and backups must lie on another system than the databases.'],
					what: [...places.flatMap((place) => wordsOf(place, places)), ...roomOf(places, kept)],
					check: [
						...saidOnce(places.flatMap((place) => checkOf(place, asking))),
						'The installer writes a file there, reads it back and deletes it.',
					],
					undo: [...new Set(places.map(undoOf))],
				},
				asking,
			),
			...policies,
		],
	};
};
