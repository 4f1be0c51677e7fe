import type {KubeObject} from '../objects/types.ts';
import {type Dict, dict, ensureDict, isDict, list, setDefault, setDefaults} from '../objects/values.ts';
import {addedDefaults} from './added-defaults.ts';
import {defaultPodSpec, defaultServerSpec} from './default-pods.ts';

/** Fills in what the real server fills in, in place. */
type Rule = (object: KubeObject) => void;

/** A rule about the spec; an object without one is left to be refused. */
const inSpec =
	(rule: (spec: Dict, object: KubeObject) => void): Rule =>
	(object) => {
		if (isDict(object.spec)) rule(object.spec, object);
	};

const inTemplate = (spec: Dict, rule: (podSpec: Dict) => void): void => {
	if (isDict(spec.template) && isDict(spec.template.spec)) rule(spec.template.spec);
};

const defaultDeployment = (spec: Dict): void => {
	setDefaults(spec, {replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600});
	const strategy = ensureDict(spec, 'strategy');
	setDefault(strategy, 'type', 'RollingUpdate');
	if (strategy.type === 'RollingUpdate')
		setDefaults(ensureDict(strategy, 'rollingUpdate'), {maxSurge: '25%', maxUnavailable: '25%'});
	inTemplate(spec, defaultServerSpec);
};

/** The selector of a Job and the labels that it needs are made from the Job's own identity. */
const identify = (spec: Dict, {metadata}: KubeObject): void => {
	const {uid, name} = metadata;
	if (!uid || !isDict(spec.template)) return;
	setDefault(spec, 'selector', {matchLabels: {'batch.kubernetes.io/controller-uid': uid}});
	const labels = ensureDict(ensureDict(spec.template, 'metadata'), 'labels');
	setDefaults(labels, {
		'batch.kubernetes.io/controller-uid': uid,
		'batch.kubernetes.io/job-name': name,
		'controller-uid': uid,
		'job-name': name,
	});
	// A Job that says nothing of labels gets those of its template.
	if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = {...labels} as Record<string, string>;
};

const defaultJob = (spec: Dict, job: KubeObject): void => {
	setDefaults(spec, {
		parallelism: 1,
		backoffLimit: 6,
		completionMode: 'NonIndexed',
		suspend: false,
		manualSelector: false,
		podReplacementPolicy: 'TerminatingOrFailed',
	});
	if (spec.parallelism === 1) setDefault(spec, 'completions', 1);
	inTemplate(spec, defaultPodSpec);
	identify(spec, job);
};

const defaultCronJob = (spec: Dict): void => {
	setDefaults(spec, {
		concurrencyPolicy: 'Allow',
		suspend: false,
		successfulJobsHistoryLimit: 3,
		failedJobsHistoryLimit: 1,
	});
	inTemplate(dict(dict(spec.jobTemplate).spec), defaultPodSpec);
};

const defaultService = (spec: Dict): void => {
	setDefaults(spec, {type: 'ClusterIP', sessionAffinity: 'None'});
	if (spec.type !== 'ExternalName')
		setDefaults(spec, {internalTrafficPolicy: 'Cluster', ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4']});
	if (spec.type === 'LoadBalancer') setDefault(spec, 'allocateLoadBalancerNodePorts', true);
	if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') setDefault(spec, 'externalTrafficPolicy', 'Cluster');
	for (const port of list(spec.ports).filter(isDict)) setDefaults(port, {protocol: 'TCP', targetPort: port.port});
};

/** Text in a Secret becomes data. */
const defaultSecret: Rule = (secret) => {
	const plain = Object.entries(dict(secret.stringData));
	if (plain.length > 0) {
		const data = ensureDict(secret, 'data');
		for (const [key, value] of plain) data[key] = Buffer.from(String(value), 'utf8').toString('base64');
	}
	delete secret.stringData;
	setDefault(secret, 'type', 'Opaque');
};

const defaultNamespace: Rule = (namespace) => {
	const {metadata} = namespace;
	setDefault(ensureDict(namespace, 'spec'), 'finalizers', ['kubernetes']);
	metadata.labels = {...metadata.labels, 'kubernetes.io/metadata.name': metadata.name};
	setDefault(ensureDict(namespace, 'status'), 'phase', 'Active');
};

const defaultBinding: Rule = ({roleRef, subjects}) => {
	const named = list(subjects).filter((subject) => isDict(subject) && subject.kind !== 'ServiceAccount');
	for (const one of [roleRef, ...named]) if (isDict(one)) setDefault(one, 'apiGroup', 'rbac.authorization.k8s.io');
};

const rules: Readonly<Record<string, Rule>> = {
	namespaces: defaultNamespace,
	secrets: defaultSecret,
	pods: inSpec(defaultServerSpec),
	services: inSpec(defaultService),
	persistentvolumeclaims: inSpec((spec) => setDefaults(spec, {volumeMode: 'Filesystem', storageClassName: 'standard'})),
	'deployments.apps': inSpec(defaultDeployment),
	'replicasets.apps': inSpec((spec) => {
		setDefault(spec, 'replicas', 1);
		inTemplate(spec, defaultServerSpec);
	}),
	'jobs.batch': inSpec(defaultJob),
	'cronjobs.batch': inSpec(defaultCronJob),
	'horizontalpodautoscalers.autoscaling': inSpec((spec) => setDefault(spec, 'minReplicas', 1)),
	'networkpolicies.networking.k8s.io': inSpec((spec) =>
		setDefault(spec, 'policyTypes', spec.egress ? ['Ingress', 'Egress'] : ['Ingress']),
	),
	...addedDefaults,
	'rolebindings.rbac.authorization.k8s.io': defaultBinding,
	'clusterrolebindings.rbac.authorization.k8s.io': defaultBinding,
	'storageclasses.storage.k8s.io': (object) =>
		setDefaults(object, {reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate'}),
};

/** Fill in what the real server fills in, in place. The object must be the caller's own copy. @param id of its kind */
export const applyDefaults = (id: string, object: KubeObject): void => rules[id]?.(object);
