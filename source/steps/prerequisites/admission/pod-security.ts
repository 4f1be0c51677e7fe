import {type Container, containersOf, type PodSpec} from './pods.ts';

/** Levels of the Pod Security Standards that refuse something. */
export type Level = 'baseline' | 'restricted';

/** Volumes of the level `restricted`. */
const allowedVolumes = new Set([
	'configMap',
	'csi',
	'downwardAPI',
	'emptyDir',
	'ephemeral',
	'persistentVolumeClaim',
	'projected',
	'secret',
]);

const volumeKinds = ({volumes}: PodSpec): readonly string[] =>
	(volumes ?? []).flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));

type Rule = readonly [lacks: string, isBroken: (pod: PodSpec, container: Container) => boolean];

const baseline: readonly Rule[] = [
	['no host namespaces', ({hostNetwork, hostPID, hostIPC}) => Boolean(hostNetwork || hostPID || hostIPC)],
	['no hostPath volume', (pod) => volumeKinds(pod).includes('hostPath')],
	['no host port', (_pod, {ports}) => (ports ?? []).some(({hostPort}) => Boolean(hostPort))],
	['privileged=false', (_pod, {securityContext}) => securityContext?.privileged === true],
];

const isNonRoot = ({securityContext: pod}: PodSpec, {securityContext: own}: Container): boolean =>
	(own?.runAsNonRoot ?? pod?.runAsNonRoot) === true;

const userOf = ({securityContext: pod}: PodSpec, {securityContext: own}: Container): number | null | undefined =>
	own?.runAsUser ?? pod?.runAsUser;

const seccompOf = ({securityContext: pod}: PodSpec, {securityContext: own}: Container): string | undefined =>
	(own?.seccompProfile ?? pod?.seccompProfile)?.type;

const restricted: readonly Rule[] = [
	['only volumes of the level', (pod) => volumeKinds(pod).some((kind) => !allowedVolumes.has(kind))],
	['allowPrivilegeEscalation=false', (_pod, {securityContext}) => securityContext?.allowPrivilegeEscalation !== false],
	[
		'capabilities.drop=["ALL"]',
		(_pod, {securityContext}) => !(securityContext?.capabilities?.drop ?? []).includes('ALL'),
	],
	[
		'no added capabilities',
		(_pod, {securityContext}) => (securityContext?.capabilities?.add ?? []).some((name) => name !== 'NET_BIND_SERVICE'),
	],
	['runAsNonRoot=true', (pod, container) => !isNonRoot(pod, container)],
	['runAsUser other than 0', (pod, container) => userOf(pod, container) === 0],
	[
		'seccompProfile.type=RuntimeDefault',
		(pod, container) => !['RuntimeDefault', 'Localhost'].includes(seccompOf(pod, container) ?? ''),
	],
];

/**
 * What a pod lacks for a level; empty where it is let in. Source: Kubernetes documentation, "Pod Security Standards"; profiles of
 * annotations, of Windows and of kernel parameters, which no chart of the product sets, are left out.
 */
export const lackedFor = (level: Level, pod: PodSpec): readonly string[] => {
	const rules = level === 'baseline' ? baseline : [...baseline, ...restricted];
	const containers = containersOf(pod);
	return rules.flatMap(([lacks, isBroken]) =>
		containers.some((container) => isBroken(pod, container)) ? [lacks] : [],
	);
};

const label = 'pod-security.kubernetes.io/enforce';

/** The level that a namespace enforces; undefined where it lets in everything, or says nothing. */
export const enforcedLevel = (labels: Readonly<Record<string, string>> | undefined): Level | undefined => {
	const level = labels?.[label];
	return level === 'baseline' || level === 'restricted' ? level : undefined;
};
