import {ApiError} from '../objects/errors.ts';
import type {KindInfo} from '../objects/kinds.ts';
import {dict, isDict, list} from '../objects/values.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** Words between blanks and line ends. */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

// Field names from the OpenAPI document of Kubernetes 1.34.
const container = words(`
	name image command args workingDir ports envFrom env resources resizePolicy restartPolicy restartPolicyRules
	volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath
	terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty
`);
const podSpec = words(`
	volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds
	activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount automountServiceAccountToken
	nodeName hostNetwork hostPID hostIPC shareProcessNamespace securityContext imagePullSecrets hostname subdomain
	affinity schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates
	runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os
	hostUsers schedulingGates resourceClaims resources hostnameOverride
`);
const metadata = words(`
	name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp
	deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields
`);
const top: Readonly<Record<string, ReadonlySet<string>>> = {
	secrets: words('data stringData type immutable'),
	configmaps: words('data binaryData immutable'),
	serviceaccounts: words('secrets imagePullSecrets automountServiceAccountToken'),
	'roles.rbac.authorization.k8s.io': words('rules'),
	'clusterroles.rbac.authorization.k8s.io': words('rules aggregationRule'),
	'rolebindings.rbac.authorization.k8s.io': words('subjects roleRef'),
	'clusterrolebindings.rbac.authorization.k8s.io': words('subjects roleRef'),
};
const spec: Readonly<Record<string, ReadonlySet<string>>> = {
	pods: podSpec,
	'deployments.apps': words(`
		replicas selector template strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds
	`),
	'replicasets.apps': words('replicas minReadySeconds selector template'),
	'jobs.batch': words(`
		parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit
		backoffLimitPerIndex maxFailedIndexes selector manualSelector template ttlSecondsAfterFinished
		completionMode suspend podReplacementPolicy managedBy
	`),
	services: words(`
		ports selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP loadBalancerSourceRanges
		externalName externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses sessionAffinityConfig
		ipFamilies ipFamilyPolicy allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy
		trafficDistribution
	`),
	'gateways.gateway.networking.k8s.io': words('gatewayClassName listeners addresses infrastructure'),
	'httproutes.gateway.networking.k8s.io': words('parentRefs hostnames rules'),
	'routes.route.openshift.io': words('host subdomain path to alternateBackends port tls wildcardPolicy httpHeaders'),
	'ingresses.networking.k8s.io': words('ingressClassName defaultBackend tls rules'),
	persistentvolumeclaims: words(`
		accessModes selector resources volumeName storageClassName volumeMode dataSource dataSourceRef
		volumeAttributesClassName
	`),
};
const always = words('apiVersion kind metadata');
const withSpec = words('spec status');

const extra = (value: unknown, known: ReadonlySet<string>, path: string): string[] =>
	Object.keys(dict(value))
		.filter((key) => !known.has(key))
		.map((key) => `unknown field "${path}${key}"`);

const podFields = (value: unknown, path: string): string[] => [
	...extra(value, podSpec, path),
	...(['containers', 'initContainers'] as const).flatMap((group) =>
		list(dict(value)[group]).flatMap((item, index) => extra(item, container, `${path}${group}[${index}].`)),
	),
];

const unknownFields = (info: KindInfo, object: unknown): string[] => {
	const body = dict(object);
	const found = extra(body.metadata, metadata, 'metadata.');
	const topLevel = top[info.id];
	if (topLevel) return [...extra(body, new Set([...always, ...topLevel]), ''), ...found];
	const known = spec[info.id];
	if (!known) return found;
	const inner = dict(body.spec);
	return [
		...extra(body, new Set([...always, ...withSpec]), ''),
		...found,
		...(info.id === 'pods' ? podFields(inner, 'spec.') : extra(inner, known, 'spec.')),
		...(isDict(inner.template)
			? [
					...extra(inner.template, words('metadata spec'), 'spec.template.'),
					...podFields(inner.template.spec, 'spec.template.spec.'),
				]
			: []),
	];
};

/**
 * Field validation as `?fieldValidation=` asks: `Strict` refuses unknown fields with a 400, `Warn` (the server's
 * default) calls `warn` for each. Known fields are those of the common kinds; kinds without a table are not checked.
 */
export const checkFields = (
	info: KindInfo,
	object: unknown,
	options: {
		readonly fieldValidation?: FieldValidation | undefined;
		readonly warn?: ((message: string) => void) | undefined;
	},
): void => {
	if (options.fieldValidation === 'Ignore') return;
	const found = unknownFields(info, object);
	if (found.length === 0) return;
	if (options.fieldValidation !== 'Strict') {
		for (const message of found) options.warn?.(message);
		return;
	}
	throw new ApiError(
		400,
		'BadRequest',
		`${info.kind} in version "${info.version}" cannot be handled as a ${info.kind}: strict decoding error: ${found.join(', ')}`,
	);
};
