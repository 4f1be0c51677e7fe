import {createHash} from 'node:crypto';
import {type StoragePlace, storagePlaceOf} from '../../answers/storage/place.ts';
import {scheduledScript, scheduledScriptName} from '../../backup/scheduled/script.ts';
import {tolerationsOf} from '../../charts/index.ts';
import {podSpecOf} from '../../cluster/probe/pod-spec.ts';
import type {KubeObject, PodPlace} from '../../cluster/types.ts';
import {markerTable} from '../../database/marker.ts';
import {componentOf, installedOf} from '../backup/installed.ts';
import {stepProblems} from '../problems.ts';
import {pullSecretIn} from '../secrets/objects.ts';
import {managedBy, namespacesOf} from '../shared/names.ts';
import {claimsOf, recordObject, type StorageUse, s3Keys} from '../storage/objects.ts';
import type {World} from '../world.ts';
import {scheduleImage} from './image.ts';
import {type ScheduledLogins, scheduledLogins} from './logins.ts';
import {scheduleName, scheduleNamespace, watchName} from './names.ts';
import {type SmallParts, smallPartsOf} from './small-parts.ts';

const secretFolder = '/run/zenml-airgap/schedule';
const liveFolder = '/run/zenml-airgap/live';
const storageFolder = '/backups';
/** What a container leaves of itself when it ends, by default (Kubernetes, "terminationMessagePath"). */
const resultFile = '/dev/termination-log';

/** The API server takes no Secret over 1 MiB (Kubernetes, "Secrets", size of a Secret). */
const mostSecretBytes = 1_000_000;

/** `when` of the plan is asked before. @throws ProblemError `schedule-not-asked` */
export const schedulePlace = ({answers}: World): StoragePlace => {
	const place = storagePlaceOf(answers, 'backup.schedule');
	if (!place) throw stepProblems.error('schedule-not-asked', {});
	return place;
};

/** Where the storage is tried: as the pods of the schedule will use it. */
export const scheduleUse = (world: World): StorageUse => {
	const {podSecurityContext, nodeSelector, tolerations} = world.answers.controlPlane;
	const namespace = scheduleNamespace(world.answers);
	return {
		place: schedulePlace(world),
		name: scheduleName,
		pod: {namespace, podSecurityContext, nodeSelector, tolerations},
	};
};

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** The Secret of the storage, and in it all that the script reads. */
const secretObject = async (world: World, logins: ScheduledLogins, {putAside}: SmallParts): Promise<KubeObject> => {
	const use = scheduleUse(world);
	const record = use.place.kind === 's3' ? await recordObject(world, use, false) : undefined;
	const texts = {
		[scheduledScriptName]: await scheduledScript(),
		databases: `${logins.lines.join('\n')}\n`,
		...putAside,
		...logins.files,
	};
	const own = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, base64(text)]));
	const data = {...(record?.data as Readonly<Record<string, string>> | undefined), ...own};
	const bytes = Object.values(data).reduce((sum, one) => sum + one.length, 0);
	if (bytes > mostSecretBytes) throw stepProblems.error('schedule-too-large', {bytes, most: mostSecretBytes});
	const metadata = {name: scheduleName, namespace: use.pod.namespace, labels: managedBy};
	return {apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data};
};

const unused = 'none';

/** The same variables for every kind, none of them empty: a list that is merged by names keeps its order then, and differs in values alone. */
const storageEnv = (place: StoragePlace): Readonly<Record<string, string>> => {
	const s3 = place.kind === 's3' ? place : undefined;
	return {
		STORAGE: s3 ? 's3' : 'folder',
		TARGET: s3 ? unused : storageFolder,
		S3_ENDPOINT: s3?.endpoint ?? unused,
		S3_BUCKET: s3?.bucket ?? unused,
		S3_PREFIX: `/${s3?.prefix ?? unused}`,
		S3_REGION: s3?.region ?? unused,
		S3_PATH_STYLE: String(s3?.pathStyle ?? false),
	};
};

const commonEnv = {CONFIG: secretFolder, SECRETS: secretFolder, RESULT: resultFile, TMPDIR: '/tmp', HOME: '/tmp'};

const podPlace = (world: World, image: string, {env, live, keys}: Pick<Timed, 'env' | 'live' | 'keys'>): PodPlace => {
	const {answers} = world;
	const {place, pod} = scheduleUse(world);
	const from =
		place.kind === 'nfs'
			? {nfs: {server: place.server, path: place.path}}
			: {persistentVolumeClaim: {claimName: scheduleName}};
	return {
		...{namespace: pod.namespace, name: scheduleName, image, serviceAccount: scheduleName},
		pullSecret: answers.registry.username === undefined ? undefined : answers.registry.pullSecretName,
		podSecurityContext: pod.podSecurityContext,
		scheduling: {nodeSelector: pod.nodeSelector, tolerations: tolerationsOf(pod.tolerations)},
		env: {...commonEnv, ...storageEnv(place), ...env},
		secretVolume: {secret: scheduleName, path: secretFolder, keys},
		...(live.length > 0 && {secretFiles: {path: liveFolder, from: live}}),
		...(place.kind !== 's3' && {storage: {path: storageFolder, from}}),
	};
};

type Timed = {
	readonly name: string;
	readonly cron: string;
	readonly backoffLimit: number;
	readonly seconds: number;
	readonly env: Readonly<Record<string, string>>;
	readonly live: SmallParts['live'];
	/** Members of the Secret that it reads; all of them where none are named. */
	readonly keys?: readonly string[] | undefined;
	readonly resources: Parameters<typeof podSpecOf>[1]['resources'];
};

const cronJob = (world: World, image: string, timed: Timed): KubeObject => {
	const {name, cron, backoffLimit, seconds, resources} = timed;
	const labels = {...managedBy, 'app.kubernetes.io/name': name};
	const own = {
		name: 'backup',
		command: ['sh', `${secretFolder}/${scheduledScriptName}`],
		resources,
		scratch: {path: '/tmp', sizeLimit: '256Mi'},
	};
	return {
		apiVersion: 'batch/v1',
		kind: 'CronJob',
		metadata: {name, namespace: scheduleNamespace(world.answers), labels},
		spec: {
			...{schedule: cron, timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 3600},
			...{successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 3},
			jobTemplate: {
				metadata: {labels},
				spec: {
					...{backoffLimit, activeDeadlineSeconds: seconds},
					template: {metadata: {labels}, spec: podSpecOf(podPlace(world, image, timed), own)},
				},
			},
		},
	};
};

const hour = 3600;

const cronJobs = (
	world: World,
	image: string,
	{components, parts, live}: {readonly components: unknown} & Pick<SmallParts, 'parts' | 'live'>,
): readonly KubeObject[] => {
	const {schedule, recipients = ''} = world.answers.backup;
	const {cron, retentionDays, staleAfterHours} = schedule;
	const env = {
		TOOL: 'zenml-airgap schedule',
		RECIPIENTS: recipients.replaceAll(/\s*,\s*/gu, ' '),
		RETENTION_DAYS: String(retentionDays),
		COMPONENTS: JSON.stringify(components),
		MARKER: markerTable,
		LIVE: liveFolder,
		PARTS: parts.join(' '),
	};
	const small = {requests: {cpu: '50m', memory: '64Mi'}, limits: {cpu: '500m', memory: '256Mi'}};
	const large = {requests: {cpu: '250m', memory: '256Mi'}, limits: {cpu: '2', memory: '1Gi'}};
	return [
		cronJob(world, image, {
			...{name: scheduleName, cron, backoffLimit: 1, seconds: 12 * hour, env, live, resources: large},
		}),
		cronJob(world, image, {
			...{name: watchName, cron: '37 * * * *', backoffLimit: 0, seconds: hour / 2, live: [], resources: small},
			// It looks into the storage alone: no login of a database, and nothing that was put aside, lies in its pod.
			keys: [scheduledScriptName, ...(schedulePlace(world).kind === 's3' ? Object.values(s3Keys) : [])],
			env: {MODE: 'watch', STALE_HOURS: String(staleAfterHours)},
		}),
	];
};

/** Everything that a schedule is in the cluster, in the order in which it is made. Reads only. */
export const scheduleObjects = async (world: World): Promise<readonly KubeObject[]> => {
	const installed = await installedOf(world);
	const logins = await scheduledLogins(world, installed);
	const image = await scheduleImage(world, logins);
	const components = [];
	for (const one of installed) components.push(await componentOf(world, one));
	const small = await smallPartsOf(world, installed);
	const namespace = scheduleNamespace(world.answers);
	return [
		{
			...{apiVersion: 'v1', kind: 'ServiceAccount', automountServiceAccountToken: false},
			metadata: {name: scheduleName, namespace, labels: managedBy},
		},
		// Namespaces of components have theirs from the install.
		...(namespacesOf(world.answers).includes(namespace) ? [] : await pullSecretIn(world, namespace)),
		...claimsOf(scheduleUse(world)),
		await secretObject(world, logins, small),
		...cronJobs(world, image, {...small, components}),
	];
};

/** Tells one schedule from another: whatever is in its objects. */
export const fingerprintOf = (objects: readonly KubeObject[]): string =>
	createHash('sha256').update(JSON.stringify(objects)).digest('hex').slice(0, 16);
