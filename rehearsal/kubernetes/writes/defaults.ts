import type {KubeObject} from '../objects/types.ts';
import {type Dict, dict, ensureDict, isDict, list, setDefault} from '../objects/values.ts';

const defaultProbe = (probe: unknown): void => {
	if (!isDict(probe)) return;
	for (const [key, value] of Object.entries({
		timeoutSeconds: 1,
		periodSeconds: 10,
		successThreshold: 1,
		failureThreshold: 3,
	})) {
		setDefault(probe, key, value);
	}
	if (isDict(probe.httpGet)) {
		setDefault(probe.httpGet, 'path', '/');
		setDefault(probe.httpGet, 'scheme', 'HTTP');
	}
};

const defaultContainer = (container: Dict): void => {
	const image = String(container.image ?? '');
	const name = image.slice(image.lastIndexOf('/') + 1);
	const isFloating = !name.includes('@') && (!name.includes(':') || name.endsWith(':latest'));
	setDefault(container, 'imagePullPolicy', isFloating ? 'Always' : 'IfNotPresent');
	setDefault(container, 'terminationMessagePath', '/dev/termination-log');
	setDefault(container, 'terminationMessagePolicy', 'File');
	setDefault(container, 'resources', {});
	for (const port of list(container.ports)) if (isDict(port)) setDefault(port, 'protocol', 'TCP');
	for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container[probe]);
	for (const variable of list(container.env)) {
		const field = dict(dict(variable).valueFrom).fieldRef;
		if (isDict(field)) setDefault(field, 'apiVersion', 'v1');
	}
	// A limit without a request is also the request.
	const resources = dict(container.resources);
	if (isDict(resources.limits)) {
		const requests = ensureDict(resources, 'requests');
		for (const [key, value] of Object.entries(resources.limits)) setDefault(requests, key, value);
	}
};

/** Defaults of a pod's spec (k8s.io/kubernetes/pkg/apis/core/v1/defaults.go). */
export const defaultPodSpec = (spec: Dict, restartPolicy?: string): void => {
	if (restartPolicy !== '') setDefault(spec, 'restartPolicy', restartPolicy ?? 'Always');
	setDefault(spec, 'dnsPolicy', 'ClusterFirst');
	setDefault(spec, 'schedulerName', 'default-scheduler');
	setDefault(spec, 'terminationGracePeriodSeconds', 30);
	setDefault(spec, 'securityContext', {});
	// The deprecated name mirrors the new one.
	if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
	else if (spec.serviceAccount !== undefined) spec.serviceAccountName = spec.serviceAccount;
	for (const container of [...list(spec.initContainers), ...list(spec.containers)]) {
		if (isDict(container)) defaultContainer(container);
	}
	for (const volume of list(spec.volumes)) {
		for (const source of ['secret', 'configMap', 'projected', 'downwardAPI']) {
			const value = dict(volume)[source];
			if (isDict(value)) setDefault(value, 'defaultMode', 420);
		}
	}
};

const defaultTemplate = (spec: Dict, restartPolicy?: string): void => {
	if (isDict(spec.template) && isDict(spec.template.spec)) defaultPodSpec(spec.template.spec, restartPolicy);
};

const setAll = (target: Dict, values: Dict): void => {
	for (const [key, value] of Object.entries(values)) setDefault(target, key, value);
};

const bySpec: Readonly<Record<string, (spec: Dict, object: KubeObject) => void>> = {
	pods: (spec) => defaultPodSpec(spec),
	'deployments.apps': (spec) => {
		setAll(spec, {replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600});
		const strategy = ensureDict(spec, 'strategy');
		setDefault(strategy, 'type', 'RollingUpdate');
		if (strategy.type === 'RollingUpdate') {
			setAll(ensureDict(strategy, 'rollingUpdate'), {maxSurge: '25%', maxUnavailable: '25%'});
		}
		defaultTemplate(spec);
	},
	'replicasets.apps': (spec) => {
		setDefault(spec, 'replicas', 1);
		defaultTemplate(spec);
	},
	'jobs.batch': (spec, object) => {
		setAll(spec, {
			parallelism: 1,
			backoffLimit: 6,
			completionMode: 'NonIndexed',
			suspend: false,
			manualSelector: false,
		});
		if (spec.parallelism === 1) setDefault(spec, 'completions', 1);
		setDefault(spec, 'podReplacementPolicy', 'TerminatingOrFailed');
		defaultTemplate(spec, '');
		// The selector and the labels that it needs are made from the Job's own identity.
		const uid = object.metadata.uid;
		if (!uid || !isDict(spec.template)) return;
		setDefault(spec, 'selector', {matchLabels: {'batch.kubernetes.io/controller-uid': uid}});
		const labels = ensureDict(ensureDict(spec.template, 'metadata'), 'labels');
		const own = {
			'batch.kubernetes.io/controller-uid': uid,
			'batch.kubernetes.io/job-name': object.metadata.name,
			'controller-uid': uid,
			'job-name': object.metadata.name,
		};
		setAll(labels, own);
		// A Job that says nothing of labels gets those of its template.
		if (!object.metadata.labels || Object.keys(object.metadata.labels).length === 0)
			object.metadata.labels = {...labels} as Record<string, string>;
	},
	'cronjobs.batch': (spec) => {
		setAll(spec, {
			concurrencyPolicy: 'Allow',
			suspend: false,
			successfulJobsHistoryLimit: 3,
			failedJobsHistoryLimit: 1,
		});
		const job = dict(dict(spec.jobTemplate).spec);
		defaultTemplate(job, '');
	},
	services: (spec) => {
		setAll(spec, {type: 'ClusterIP', sessionAffinity: 'None'});
		if (spec.type !== 'ExternalName')
			setAll(spec, {internalTrafficPolicy: 'Cluster', ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4']});
		if (spec.type === 'LoadBalancer') setDefault(spec, 'allocateLoadBalancerNodePorts', true);
		if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') setDefault(spec, 'externalTrafficPolicy', 'Cluster');
		for (const port of list(spec.ports)) {
			if (isDict(port)) setAll(port, {protocol: 'TCP', targetPort: port.port});
		}
	},
	persistentvolumeclaims: (spec) => setAll(spec, {volumeMode: 'Filesystem', storageClassName: 'standard'}),
	namespaces: (spec) => setDefault(spec, 'finalizers', ['kubernetes']),
	'horizontalpodautoscalers.autoscaling': (spec) => setDefault(spec, 'minReplicas', 1),
	'networkpolicies.networking.k8s.io': (spec) =>
		setDefault(spec, 'policyTypes', spec.egress ? ['Ingress', 'Egress'] : ['Ingress']),
};

const specRequired = new Set(Object.keys(bySpec).filter((shelf) => shelf !== 'namespaces'));

/** Fill in what the real server fills in, in place. The object must be the caller's own copy. */
export const applyDefaults = (shelf: string, object: KubeObject): void => {
	const rule = bySpec[shelf];
	if (rule && (isDict(object.spec) || !specRequired.has(shelf))) rule(ensureDict(object, 'spec'), object);
	if (shelf === 'secrets') {
		const plain = dict(object.stringData);
		if (Object.keys(plain).length > 0) {
			const data = ensureDict(object, 'data');
			for (const [key, value] of Object.entries(plain))
				data[key] = Buffer.from(String(value), 'utf8').toString('base64');
		}
		delete object.stringData;
		setDefault(object, 'type', 'Opaque');
	}
	if (shelf === 'namespaces') {
		object.metadata.labels = {...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name};
		setDefault(ensureDict(object, 'status'), 'phase', 'Active');
	}
	if (shelf.startsWith('rolebindings') || shelf.startsWith('clusterrolebindings')) {
		if (isDict(object.roleRef)) setDefault(object.roleRef, 'apiGroup', 'rbac.authorization.k8s.io');
		for (const subject of list(object.subjects)) {
			if (isDict(subject) && subject.kind !== 'ServiceAccount')
				setDefault(subject, 'apiGroup', 'rbac.authorization.k8s.io');
		}
	}
	if (shelf.startsWith('storageclasses')) setAll(object, {reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate'});
};
