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
	/** What people type for it, and the groups of kinds that are asked for at once: `kubectl get po`, `kubectl get all`. */
	readonly shortNames: readonly string[];
	readonly categories: readonly string[];
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
	readonly short?: string;
	readonly all?: true;
};

const categoriesOf = ({all, added}: Options): readonly string[] => {
	if (added === 'gateway') return ['gateway-api'];
	return all ? ['all'] : [];
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
		shortNames: options.short === undefined ? [] : [options.short],
		categories: categoriesOf(options),
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
 * lacks it. Short names and categories are those of Kubernetes 1.34 and of the Gateway API's definitions.
 */
export const kinds: readonly KindInfo[] = [
	kind('v1', 'namespaces', 'Namespace', {cluster: true, sub: ['status'], verbs: oneByOne, short: 'ns'}),
	kind('v1', 'secrets', 'Secret'),
	kind('v1', 'configmaps', 'ConfigMap', {short: 'cm'}),
	kind('v1', 'services', 'Service', {sub: ['status'], short: 'svc', all: true}),
	kind('v1', 'serviceaccounts', 'ServiceAccount', {sub: ['token'], short: 'sa'}),
	kind('v1', 'pods', 'Pod', {sub: ['status', 'log'], counted: true, short: 'po', all: true}),
	kind('v1', 'events', 'Event', {short: 'ev'}),
	kind('v1', 'nodes', 'Node', {cluster: true, sub: ['status'], short: 'no'}),
	kind('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', {sub: ['status'], short: 'pvc'}),
	kind('v1', 'endpoints', 'Endpoints', {short: 'ep'}),
	kind('v1', 'resourcequotas', 'ResourceQuota', {sub: ['status'], short: 'quota'}),
	kind('v1', 'limitranges', 'LimitRange', {short: 'limits'}),
	kind('apps/v1', 'deployments', 'Deployment', {sub: ['status', 'scale'], counted: true, short: 'deploy', all: true}),
	kind('apps/v1', 'replicasets', 'ReplicaSet', {sub: ['status', 'scale'], counted: true, short: 'rs', all: true}),
	kind('batch/v1', 'jobs', 'Job', {sub: ['status'], counted: true, all: true}),
	kind('batch/v1', 'cronjobs', 'CronJob', {sub: ['status'], counted: true, short: 'cj', all: true}),
	kind('networking.k8s.io/v1', 'ingresses', 'Ingress', {sub: ['status'], counted: true, short: 'ing'}),
	kind('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', {cluster: true, counted: true}),
	kind('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', {counted: true, short: 'netpol'}),
	kind('rbac.authorization.k8s.io/v1', 'roles', 'Role'),
	kind('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding'),
	kind('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', {cluster: true}),
	kind('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', {cluster: true}),
	kind('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {sub: ['status'], counted: true, short: 'pdb'}),
	kind('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
		sub: ['status'],
		short: 'hpa',
		all: true,
	}),
	kind('coordination.k8s.io/v1', 'leases', 'Lease'),
	kind('storage.k8s.io/v1', 'storageclasses', 'StorageClass', {cluster: true, short: 'sc'}),
	kind(gatewayApi, 'gatewayclasses', 'GatewayClass', {
		cluster: true,
		sub: ['status'],
		counted: true,
		added: 'gateway',
		short: 'gc',
	}),
	kind(gatewayApi, 'gateways', 'Gateway', {sub: ['status'], counted: true, added: 'gateway', short: 'gtw'}),
	kind(gatewayApi, 'httproutes', 'HTTPRoute', {sub: ['status'], counted: true, added: 'gateway'}),
	kind(gatewayApi, 'referencegrants', 'ReferenceGrant', {counted: true, added: 'gateway', short: 'refgrant'}),
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
