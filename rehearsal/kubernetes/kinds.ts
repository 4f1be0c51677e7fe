/** What the server knows of one kind. `id` is `plural` for the core group and `plural.group` for the others. */
export type KindInfo = {
	readonly id: string;
	readonly group: string;
	readonly version: string;
	readonly plural: string;
	readonly singular: string;
	readonly kind: string;
	readonly namespaced: boolean;
	readonly shortNames: readonly string[];
	readonly categories: readonly string[];
	readonly verbs: readonly string[];
	readonly subresources: readonly string[];
	/** The spec has a generation that the server counts. */
	readonly counted: boolean;
};

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

type Options = {
	readonly short?: readonly string[];
	readonly sub?: readonly string[];
	readonly cluster?: true;
	readonly verbs?: readonly string[];
	readonly all?: true;
	readonly counted?: true;
};

const kind = (groupVersion: string, plural: string, name: string, options: Options = {}): KindInfo => {
	const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
	return {
		id: group ? `${plural}.${group}` : plural,
		group: group ?? '',
		version: version ?? 'v1',
		plural,
		singular: name.toLowerCase(),
		kind: name,
		namespaced: !options.cluster,
		shortNames: options.short ?? [],
		categories: options.all ? ['all'] : [],
		verbs: options.verbs ?? allVerbs,
		subresources: options.sub ?? [],
		counted: options.counted ?? false,
	};
};

/**
 * Every kind that the rehearsal cluster serves, with names and short names as `kubectl api-resources` of Kubernetes
 * 1.34 prints them.
 */
export const kinds: readonly KindInfo[] = [
	kind('v1', 'namespaces', 'Namespace', {short: ['ns'], cluster: true, sub: ['status', 'finalize']}),
	kind('v1', 'secrets', 'Secret'),
	kind('v1', 'configmaps', 'ConfigMap', {short: ['cm']}),
	kind('v1', 'services', 'Service', {short: ['svc'], sub: ['status'], all: true}),
	kind('v1', 'serviceaccounts', 'ServiceAccount', {short: ['sa'], sub: ['token']}),
	kind('v1', 'pods', 'Pod', {short: ['po'], sub: ['status', 'log', 'eviction'], all: true, counted: true}),
	kind('v1', 'events', 'Event', {short: ['ev']}),
	kind('v1', 'nodes', 'Node', {short: ['no'], cluster: true, sub: ['status']}),
	kind('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', {short: ['pvc'], sub: ['status']}),
	kind('v1', 'persistentvolumes', 'PersistentVolume', {short: ['pv'], cluster: true, sub: ['status']}),
	kind('v1', 'endpoints', 'Endpoints', {short: ['ep']}),
	kind('v1', 'resourcequotas', 'ResourceQuota', {short: ['quota'], sub: ['status']}),
	kind('v1', 'limitranges', 'LimitRange', {short: ['limits']}),
	kind('v1', 'replicationcontrollers', 'ReplicationController', {
		short: ['rc'],
		sub: ['status', 'scale'],
		all: true,
		counted: true,
	}),
	kind('apps/v1', 'deployments', 'Deployment', {short: ['deploy'], sub: ['status', 'scale'], all: true, counted: true}),
	kind('apps/v1', 'replicasets', 'ReplicaSet', {short: ['rs'], sub: ['status', 'scale'], all: true, counted: true}),
	kind('apps/v1', 'statefulsets', 'StatefulSet', {short: ['sts'], sub: ['status', 'scale'], all: true, counted: true}),
	kind('apps/v1', 'daemonsets', 'DaemonSet', {short: ['ds'], sub: ['status'], all: true, counted: true}),
	kind('apps/v1', 'controllerrevisions', 'ControllerRevision'),
	kind('batch/v1', 'jobs', 'Job', {sub: ['status'], all: true, counted: true}),
	kind('batch/v1', 'cronjobs', 'CronJob', {short: ['cj'], sub: ['status'], all: true, counted: true}),
	kind('networking.k8s.io/v1', 'ingresses', 'Ingress', {short: ['ing'], sub: ['status'], counted: true}),
	kind('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', {cluster: true, counted: true}),
	kind('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', {short: ['netpol'], counted: true}),
	kind('rbac.authorization.k8s.io/v1', 'roles', 'Role'),
	kind('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding'),
	kind('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', {cluster: true}),
	kind('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', {cluster: true}),
	kind('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {short: ['pdb'], sub: ['status'], counted: true}),
	kind('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
		short: ['hpa'],
		sub: ['status'],
		all: true,
	}),
	kind('coordination.k8s.io/v1', 'leases', 'Lease'),
	kind('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice'),
	kind('events.k8s.io/v1', 'events', 'Event', {short: ['ev']}),
	kind('storage.k8s.io/v1', 'storageclasses', 'StorageClass', {short: ['sc'], cluster: true}),
	kind('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', {
		short: ['crd', 'crds'],
		cluster: true,
		verbs: ['get', 'list', 'watch'],
	}),
	kind('admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', {
		cluster: true,
		counted: true,
	}),
	kind('admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', {
		cluster: true,
		counted: true,
	}),
	kind('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', {short: ['pc'], cluster: true}),
	kind('authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', {
		cluster: true,
		verbs: ['create'],
	}),
	kind('authorization.k8s.io/v1', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', {
		cluster: true,
		verbs: ['create'],
	}),
	kind('authorization.k8s.io/v1', 'subjectaccessreviews', 'SubjectAccessReview', {cluster: true, verbs: ['create']}),
	kind('authentication.k8s.io/v1', 'selfsubjectreviews', 'SelfSubjectReview', {cluster: true, verbs: ['create']}),
];

const byId = new Map(kinds.map((info) => [info.id, info]));
const byPath = new Map(kinds.map((info) => [`${info.group}/${info.version}/${info.plural}`, info]));
const byKind = new Map(kinds.map((info) => [`${info.group}/${info.kind}`, info]));

/** The kind with this id (`pods`, `deployments.apps`); throws an Error for an id that is not served. */
export const kindById = (id: string): KindInfo => {
	const found = byId.get(id);
	if (!found) throw new Error(`no kind ${id}`);
	return found;
};

/** The kind behind a URL's group, version and plural, if it is served. */
export const kindByPath = (group: string, version: string, plural: string): KindInfo | undefined =>
	byPath.get(`${group}/${version}/${plural}`);

/** The kind named by an object's `apiVersion` and `kind`, if it is served. */
export const kindOf = (apiVersion: string, name: string): KindInfo | undefined =>
	byKind.get(`${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${name}`);

/** `v1` or `apps/v1`. */
export const apiVersionOf = (info: KindInfo): string => (info.group ? `${info.group}/${info.version}` : info.version);

/** The objects of events.k8s.io are the core Events in another dress; both share one shelf of the store. */
export const shelfOf = (info: KindInfo): string => (info.id === 'events.events.k8s.io' ? 'events' : info.id);

/** True for kinds that are only asked, never kept (access reviews). */
export const isVirtual = (info: KindInfo): boolean => info.verbs.length === 1;
