/**
 * What the server knows of one kind. `id` names its resource: `plural` for the core group and `plural.group` for the
 * others.
 */
export type KindInfo = {
	readonly id: string;
	readonly group: string;
	readonly version: string;
	readonly plural: string;
	readonly singular: string;
	readonly kind: string;
	readonly namespaced: boolean;
	readonly verbs: readonly string[];
	readonly subresources: readonly string[];
	/** The spec has a generation that the server counts. */
	readonly counted: boolean;
	/** Served only where somebody added it to the cluster. */
	readonly added?: AddedApi;
};

/** What a plain cluster does not have: the definitions of the Gateway API, and what makes a cluster OpenShift. */
export type AddedApi = 'gateway' | 'routes';

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

type Options = {
	readonly sub?: readonly string[];
	readonly cluster?: true;
	readonly verbs?: readonly string[];
	readonly counted?: true;
	readonly added?: AddedApi;
};

const kind = (groupVersion: string, plural: string, name: string, options: Options = {}): KindInfo => {
	const [group = '', version = ''] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
	return {
		id: group ? `${plural}.${group}` : plural,
		group,
		version,
		plural,
		singular: name.toLowerCase(),
		kind: name,
		namespaced: !options.cluster,
		verbs: options.verbs ?? allVerbs,
		subresources: options.sub ?? [],
		counted: options.counted ?? false,
		...(options.added ? {added: options.added} : {}),
	};
};

/** Namespaces go one by one. */
const oneByOne = allVerbs.filter((verb) => verb !== 'deletecollection');

const gatewayApi = 'gateway.networking.k8s.io/v1';

/** A question that is answered and not kept. */
const question = {cluster: true, verbs: ['create']} as const;

/**
 * Every kind that the rehearsal cluster serves: those of the charts, those that the installer asks for, and those of
 * the comparison with a real API server (test/lab/table). A chart with another kind is refused, as by a cluster that
 * lacks it.
 */
export const kinds: readonly KindInfo[] = [
	kind('v1', 'namespaces', 'Namespace', {cluster: true, sub: ['status'], verbs: oneByOne}),
	kind('v1', 'secrets', 'Secret'),
	kind('v1', 'configmaps', 'ConfigMap'),
	kind('v1', 'services', 'Service', {sub: ['status']}),
	kind('v1', 'serviceaccounts', 'ServiceAccount', {sub: ['token']}),
	kind('v1', 'pods', 'Pod', {sub: ['status', 'log'], counted: true}),
	kind('v1', 'events', 'Event'),
	kind('v1', 'nodes', 'Node', {cluster: true, sub: ['status']}),
	kind('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', {sub: ['status']}),
	kind('v1', 'endpoints', 'Endpoints'),
	kind('v1', 'resourcequotas', 'ResourceQuota', {sub: ['status']}),
	kind('v1', 'limitranges', 'LimitRange'),
	kind('apps/v1', 'deployments', 'Deployment', {sub: ['status', 'scale'], counted: true}),
	kind('apps/v1', 'replicasets', 'ReplicaSet', {sub: ['status', 'scale'], counted: true}),
	kind('batch/v1', 'jobs', 'Job', {sub: ['status'], counted: true}),
	kind('batch/v1', 'cronjobs', 'CronJob', {sub: ['status'], counted: true}),
	kind('networking.k8s.io/v1', 'ingresses', 'Ingress', {sub: ['status'], counted: true}),
	kind('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', {cluster: true, counted: true}),
	kind('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', {counted: true}),
	kind('rbac.authorization.k8s.io/v1', 'roles', 'Role'),
	kind('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding'),
	kind('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', {cluster: true}),
	kind('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', {cluster: true}),
	kind('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {sub: ['status'], counted: true}),
	kind('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {sub: ['status']}),
	kind('coordination.k8s.io/v1', 'leases', 'Lease'),
	kind('storage.k8s.io/v1', 'storageclasses', 'StorageClass', {cluster: true}),
	kind(gatewayApi, 'gatewayclasses', 'GatewayClass', {cluster: true, sub: ['status'], counted: true, added: 'gateway'}),
	kind(gatewayApi, 'gateways', 'Gateway', {sub: ['status'], counted: true, added: 'gateway'}),
	kind(gatewayApi, 'httproutes', 'HTTPRoute', {sub: ['status'], counted: true, added: 'gateway'}),
	kind(gatewayApi, 'referencegrants', 'ReferenceGrant', {counted: true, added: 'gateway'}),
	kind('route.openshift.io/v1', 'routes', 'Route', {sub: ['status'], added: 'routes'}),
	kind('authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', question),
	kind('authorization.k8s.io/v1', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', question),
	kind('authentication.k8s.io/v1', 'selfsubjectreviews', 'SelfSubjectReview', question),
];

const byId = new Map(kinds.map((info) => [info.id, info]));
const byPath = new Map(kinds.map((info) => [`${info.group}/${info.version}/${info.plural}`, info]));

/** The kind with this id (`pods`, `deployments.apps`); throws an Error for an id that is not served. */
export const kindById = (id: string): KindInfo => {
	const found = byId.get(id);
	if (!found) throw new Error(`no kind ${id}`);
	return found;
};

/** The kind behind a URL's group, version and plural, if it is served. */
export const kindByPath = (group: string, version: string, plural: string): KindInfo | undefined =>
	byPath.get(`${group}/${version}/${plural}`);

/** The kinds of a cluster to which these were added. */
export const servedKinds = (added: readonly AddedApi[]): readonly KindInfo[] =>
	kinds.filter((info) => info.added === undefined || added.includes(info.added));

/** `v1` or `apps/v1`. */
export const apiVersionOf = (info: KindInfo): string => (info.group ? `${info.group}/${info.version}` : info.version);

/** True for kinds that are only asked, never kept (access reviews). */
export const isVirtual = (info: KindInfo): boolean => info.verbs.length === 1;
