import type {PodPlace} from '../types.ts';

/** The one container of a pod of ours, beside what its place says. */
type Own = {
	readonly name: string;
	readonly command: readonly string[];
	readonly resources: {
		readonly requests: Readonly<Record<string, string>>;
		readonly limits: Readonly<Record<string, string>>;
	};
	/** A folder that may be written to, and how much it may hold; nothing may be written elsewhere. */
	readonly scratch?: {readonly path: string; readonly sizeLimit: string} | undefined;
};

const environmentOf = ({env, secretEnv = {}}: PodPlace) => [
	...Object.entries(env).map(([name, value]) => ({name, value})),
	...Object.entries(secretEnv).map(([name, {secret, key}]) => ({
		name,
		valueFrom: {secretKeyRef: {name: secret, key}},
	})),
];

const names = {secret: 'secret', files: 'secret-files', scratch: 'scratch', storage: 'storage'} as const;

const projected = ({from}: NonNullable<PodPlace['secretFiles']>) => ({
	projected: {
		sources: from.map(({secret, key, file}) => ({
			secret: {name: secret, items: [{key, path: file}], optional: true},
		})),
	},
});

const secretSource = ({secret, keys}: NonNullable<PodPlace['secretVolume']>) => ({
	secret: {secretName: secret, ...(keys && {items: keys.map((key) => ({key, path: key}))}), optional: true},
});

/** A Secret that is not there must not keep the pod from starting: the program sees what it lacks. What is empty is left out. */
const volumesOf = ({secretVolume, secretFiles, storage}: PodPlace, {scratch}: Own) => {
	const volumes = [
		...(secretVolume ? [{name: names.secret, ...secretSource(secretVolume)}] : []),
		...(secretFiles ? [{name: names.files, ...projected(secretFiles)}] : []),
		...(scratch ? [{name: names.scratch, emptyDir: {sizeLimit: scratch.sizeLimit}}] : []),
		...(storage ? [{name: names.storage, ...storage.from}] : []),
	];
	return volumes.length > 0 ? {volumes} : {};
};

const mountsOf = ({secretVolume, secretFiles, storage}: PodPlace, {scratch}: Own) => {
	const volumeMounts = [
		...(secretVolume ? [{name: names.secret, mountPath: secretVolume.path, readOnly: true}] : []),
		...(secretFiles ? [{name: names.files, mountPath: secretFiles.path, readOnly: true}] : []),
		...(scratch ? [{name: names.scratch, mountPath: scratch.path}] : []),
		...(storage ? [{name: names.storage, mountPath: storage.path}] : []),
	];
	return volumeMounts.length > 0 ? {volumeMounts} : {};
};

/** Fits a namespace of the restricted Pod Security level (pod-security-standards, "Restricted"). */
const containerOf = (place: PodPlace, own: Own) => ({
	name: own.name,
	image: place.image,
	command: [...own.command],
	env: environmentOf(place),
	...mountsOf(place, own),
	resources: own.resources,
	securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: ['ALL']}},
});

/** What the cluster is to hand out is left out: OpenShift refuses a pod that names a user or group of its own. */
const identityOf = ({podSecurityContext}: PodPlace) =>
	Object.fromEntries(Object.entries(podSecurityContext).filter(([, value]) => value !== null));

/** What is empty is left out, as a server leaves it out of what it keeps. */
const schedulingOf = ({scheduling: {nodeSelector, tolerations} = {nodeSelector: {}, tolerations: []}}: PodPlace) => ({
	...(Object.keys(nodeSelector).length > 0 && {nodeSelector}),
	...(tolerations.length > 0 && {tolerations}),
});

/** A pod of ours: one container, no rights, no token. */
export const podSpecOf = (place: PodPlace, own: Own) => ({
	restartPolicy: 'Never',
	automountServiceAccountToken: false,
	enableServiceLinks: false,
	terminationGracePeriodSeconds: 1,
	...(place.serviceAccount && {serviceAccountName: place.serviceAccount}),
	...(place.pullSecret && {imagePullSecrets: [{name: place.pullSecret}]}),
	securityContext: {...identityOf(place), seccompProfile: {type: 'RuntimeDefault'}},
	...schedulingOf(place),
	containers: [containerOf(place, own)],
	...volumesOf(place, own),
});
