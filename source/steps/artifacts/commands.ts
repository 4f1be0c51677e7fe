import type {StoragePlace} from '../../answers/storage/place.ts';
import type {HandoverSection} from '../../base/handover.ts';
import {shellWord} from '../../base/shell.ts';
import {s3Keys} from '../storage/objects.ts';

/** Where the storage stands, for whoever registers it. */
export type Registering = {
	readonly place: StoragePlace;
	/** Namespace and name of its Secret or claim. */
	readonly namespace: string;
	readonly name: string;
	/** Where images of pipelines go: `registry.corp:5000/zenml`. */
	readonly images: string;
};

/** Names under which users find it in ZenML. */
const [storeName, stackName, orchestratorName] = ['internal-artifacts', 'internal', 'internal-kubernetes'];

/** Where Debian's images, and those of the servers, have all CAs that they trust. */
const trusted = '/etc/ssl/certs/ca-certificates.crt';

const mountPath = '/mnt/zenml-artifacts';

const last = (parts: readonly string[]): readonly string[] =>
	parts.map((part, index) => `${index === 0 ? '' : '    '}${part}${index === parts.length - 1 ? '' : ' \\'}`);

const json = (value: unknown): string => shellWord(JSON.stringify(value));

/** The rest of a stack: what runs pipelines in this cluster, and where their images go. */
const stack = (images: string, orchestrator: readonly string[]): readonly string[] => [
	...last([
		`zenml orchestrator register ${orchestratorName} --flavor=kubernetes`,
		'--kubernetes_context=CONTEXT',
		'--kubernetes_namespace=NAMESPACE',
		...orchestrator,
	]),
	'',
	`zenml container-registry register internal-images --flavor=default --uri=${shellWord(images)}`,
	'',
	...last([
		`zenml stack register ${stackName}`,
		`--orchestrator=${orchestratorName}`,
		`--artifact-store=${storeName}`,
		'--container_registry=internal-images',
	]),
	`zenml stack set ${stackName}`,
];

/** Keys go from the cluster's Secret into ZenML's own without being shown, and without standing in a command. */
const keysOf = ({namespace, name}: Registering): readonly string[] => [
	'umask 077',
	...last([
		`kubectl -n ${namespace} get secret ${name}`,
		`-o go-template='{"aws_access_key_id":"{{index .data "${s3Keys.accessKey}" | base64decode}}","aws_secret_access_key":"{{index .data "${s3Keys.secretKey}" | base64decode}}"}'`,
		`> ${name}.json`,
	]),
	`zenml secret create ${name} --values=@${name}.json`,
	`rm ${name}.json`,
	'',
	'# Without kubectl: zenml secret create asks for both, and shows neither.',
	`# zenml secret create ${name} -i        (keys aws_access_key_id and aws_secret_access_key)`,
];

const s3Store = (place: Extract<StoragePlace, {kind: 's3'}>, secret: string): readonly string[] => {
	const {endpoint, region, bucket, prefix, pathStyle} = place;
	return last([
		`zenml artifact-store register ${storeName} --flavor=s3`,
		`--path=s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`,
		`--authentication_secret=${secret}`,
		`--client_kwargs=${json({endpoint_url: endpoint, region_name: region})}`,
		...(pathStyle ? [`--config_kwargs=${json({s3: {addressing_style: 'path'}})}`] : []),
	]);
};

const s3Trust = (place: Extract<StoragePlace, {kind: 's3'}>): readonly string[] => {
	if (!place.endpoint.startsWith('https:'))
		return ['The server speaks no TLS: nothing has to be trusted, and files can be read on the way.'];
	const {endpoint, region, ca} = place;
	const verify = json({endpoint_url: endpoint, region_name: region, verify: trusted});
	return [
		`The server shows a certificate of ${ca === undefined ? 'the internal CA' : 'a CA of its own'}. The S3 client of Python has its own list of CAs, and`,
		'does not look where the system or REQUESTS_CA_BUNDLE say. Tell it, everywhere the store is used:',
		'',
		'# on a client',
		`export AWS_CA_BUNDLE=${trusted}`,
		'# in the Dockerfile of pipelines, after the CA was added',
		`ENV AWS_CA_BUNDLE=${trusted}`,
		'# for the dashboard, which shows logs and pictures of artifacts: in the answers of this tool',
		`#   workspaces: [{…, environment: {AWS_CA_BUNDLE: ${trusted}}}]`,
		...(ca === undefined ? [] : ['', 'Its CA is not the one of this site: it must be added to those files as well.']),
		'',
		'Or let the store itself say it, where the file is at the same place everywhere:',
		`zenml artifact-store update ${storeName} --client_kwargs=${verify}`,
		'',
		'Up to version 0.91.1 ZenML asks Amazon itself for the versioning of the bucket, whatever the endpoint is',
		'(zenml-io/zenml, issue 4184). There, set this in the same three places:',
		`export AWS_ENDPOINT_URL_S3=${endpoint}`,
	];
};

const volumeOf = ({place, name}: Registering): unknown =>
	place.kind === 'nfs' ? {nfs: {server: place.server, path: place.path}} : {persistentVolumeClaim: {claimName: name}};

const podSettings = (registering: Registering): readonly string[] => [
	'# settings of the pipeline: pods of steps and the one that orchestrates them mount the same folder',
	'from zenml.integrations.kubernetes.flavors import KubernetesOrchestratorSettings',
	'',
	`mounted = {"volumes": [{"name": "artifacts", ${JSON.stringify(volumeOf(registering)).slice(1, -1)}}],`,
	`           "volume_mounts": [{"name": "artifacts", "mountPath": "${mountPath}"}]}`,
	'settings = {"orchestrator": KubernetesOrchestratorSettings(pod_settings=mounted, orchestrator_pod_settings=mounted)}',
];

const folderStore = (): readonly string[] =>
	last([`zenml artifact-store register ${storeName} --flavor=local`, `--path=${mountPath}`]);

const onNfs = (server: string, path: string): readonly string[] => [
	`- the local orchestrator on a host that mounts ${server}:${path} at ${mountPath}`,
	'- the Kubernetes orchestrator with skip_local_validations and the settings below,',
	`  from a client that mounts ${server}:${path} at ${mountPath} as well`,
];

const onVolume = (accessMode: string, namespace: string): readonly string[] => [
	'- the Kubernetes orchestrator with skip_local_validations and the settings below,',
	`  in namespace ${namespace}, for the claim is there and pods mount none of another namespace`,
	`- clients that are pods with that claim at ${mountPath} as well; one that is not cannot read an artifact`,
	...(accessMode === 'ReadWriteOnce' ? ['- with ReadWriteOnce only while all those pods run on one node'] : []),
];

const whereItWorks = ({place, namespace}: Registering): readonly string[] => {
	if (place.kind === 'nfs') return onNfs(place.server, place.path);
	return place.kind === 'storageClass' ? onVolume(place.accessMode, namespace) : [];
};

/** What ZenML makes of a folder, without making it better. Source: its pages on the local artifact store and on the Kubernetes orchestrator. */
const folderTruth = (registering: Registering): readonly string[] => [
	'ZenML has no artifact store for shared folders. Its local one is used in the place of it, which ZenML itself does not',
	'recommend for production. This tool has tried the folder from a pod; it has run no pipeline on it.',
	'',
	'What works, where every machine and pod has the folder at the same path:',
	...whereItWorks(registering),
	'',
	'What does not work:',
	'- logs and pictures of artifacts in the dashboard: the server does not mount the folder',
	'- snapshots that are run from the dashboard, and step operators: they demand a remote artifact store',
	'- orchestrators outside of this cluster, or without pod settings',
	'',
	'S3-compatible storage has none of these bounds.',
];

/** What users do with a storage, as exact commands; no secret is in it. */
export const storeSections = (registering: Registering): readonly HandoverSection[] => {
	const {place, name, images} = registering;
	if (place.kind === 's3')
		return [
			{title: 'Keys', fileName: '1-keys.sh', lines: keysOf(registering)},
			{title: 'Artifact store', fileName: '2-artifact-store.sh', lines: s3Store(place, name)},
			{title: 'Trust', fileName: '3-trust.txt', lines: s3Trust(place)},
			{title: 'Stack', fileName: '4-stack.sh', lines: stack(images, [])},
		];
	return [
		{title: 'What works', fileName: '1-what-works.txt', lines: folderTruth(registering)},
		{title: 'Artifact store', fileName: '2-artifact-store.sh', lines: folderStore()},
		{title: 'Pods', fileName: '3-settings.py', lines: podSettings(registering)},
		{title: 'Stack', fileName: '4-stack.sh', lines: stack(images, ['--skip_local_validations=True'])},
	];
};

/** The sections as one text for people. */
export const storeText = (registering: Registering): readonly string[] =>
	storeSections(registering).flatMap(({title, lines}, index) => [
		...(index > 0 ? [''] : []),
		`## ${title}`,
		'',
		...lines,
	]);
