import type {Answers} from '../../answers/schema.ts';
import type {Access} from '../../cluster/types.ts';
import {componentsOf, namespacesOf} from './names.ts';
import {gatewayOf} from './way-in/kinds.ts';

const write = ['get', 'list', 'create', 'patch', 'update', 'delete'] as const;
const read = ['get', 'list'] as const;

/** A kind, with the verbs that are used on it. */
type Kind = {readonly group: string; readonly resource: string; readonly verbs: readonly string[]};

/** Kinds that the charts and this tool make, with the verbs that Helm and this tool use on them. */
const always: readonly Kind[] = [
	{group: '', resource: 'secrets', verbs: write},
	{group: '', resource: 'services', verbs: write},
	{group: '', resource: 'serviceaccounts', verbs: write},
	{group: '', resource: 'configmaps', verbs: write},
	{group: '', resource: 'pods', verbs: ['get', 'list', 'watch', 'delete']},
	{group: '', resource: 'pods/log', verbs: ['get']},
	{group: '', resource: 'events', verbs: read},
	{group: 'apps', resource: 'deployments', verbs: [...write, 'watch']},
	{group: 'apps', resource: 'replicasets', verbs: [...read, 'watch']},
	{group: 'batch', resource: 'jobs', verbs: [...write, 'watch']},
	{group: 'networking.k8s.io', resource: 'ingresses', verbs: write},
	{group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'create', 'update']},
];
const withBudgets: readonly Kind[] = [{group: 'policy', resource: 'poddisruptionbudgets', verbs: write}];
/** Secured by a certificate of our own, and for a host of our own (OpenShift documentation, "Route-specific permissions"). */
const withRoutes: readonly Kind[] = [
	{group: 'route.openshift.io', resource: 'routes', verbs: write},
	{group: 'route.openshift.io', resource: 'routes/custom-host', verbs: ['create', 'update']},
];
const withGateway: readonly Kind[] = [{group: 'gateway.networking.k8s.io', resource: 'httproutes', verbs: write}];
const ofWayIn: Readonly<Record<Answers['ingress']['kind'], readonly Kind[]>> = {
	ingress: [],
	gateway: withGateway,
	route: withRoutes,
};
const withRunners: readonly Kind[] = [
	{group: 'rbac.authorization.k8s.io', resource: 'roles', verbs: write},
	{group: 'rbac.authorization.k8s.io', resource: 'rolebindings', verbs: write},
	// Kubernetes lets nobody grant what they may not do themselves; the other verbs of that Role are asked for above.
	{group: 'batch', resource: 'jobs', verbs: ['deletecollection']},
];
/** What is looked at before the install, and not needed for it. */
const forChecks: readonly Access[] = [
	{verb: 'list', group: '', resource: 'nodes'},
	{verb: 'list', group: 'networking.k8s.io', resource: 'ingressclasses'},
];
const ofCluster: readonly Access[] = [
	{verb: 'get', group: '', resource: 'namespaces'},
	{verb: 'create', group: '', resource: 'namespaces'},
	...forChecks,
];

/** True for an access without which only a check cannot be made; that check says so itself. */
export const isForChecksOnly = ({verb, resource, namespace}: Access): boolean =>
	namespace === undefined && forChecks.some((access) => access.verb === verb && access.resource === resource);

/** The Gateway's own status tells its address, unless the answers do. */
const ofGateway = (answers: Answers): readonly Access[] => {
	const gateway = gatewayOf(answers);
	if (!gateway || answers.ingress.address !== undefined) return [];
	return within(gateway.namespace, [{group: 'gateway.networking.k8s.io', resource: 'gateways', verbs: read}]);
};

const within = (namespace: string, kinds: readonly Kind[]): readonly Access[] =>
	kinds.flatMap(({group, resource, verbs}) => verbs.map((verb) => ({verb, group, resource, namespace})));

/** Every verb on every kind that the install with these answers needs, for access reviews. */
export const accessesNeeded = (answers: Answers): readonly Access[] => {
	const {workloadManager} = answers;
	const budgets = componentsOf(answers).some(({answers: {podDisruptionBudget}}) => podDisruptionBudget.enabled);
	const kinds = [...always, ...(budgets ? withBudgets : []), ...ofWayIn[answers.ingress.kind]];
	return [
		...ofCluster,
		...namespacesOf(answers).flatMap((namespace) => within(namespace, kinds)),
		...ofGateway(answers),
		...(workloadManager.enabled ? within(workloadManager.namespace, withRunners) : []),
	];
};

/** A denied access in words: `create secrets in zenml-pro: no RBAC policy matched`. */
export const accessWords = ({verb, group, resource, namespace, reason}: Access & {readonly reason: string}): string =>
	`${verb} ${resource}${group ? `.${group}` : ''}${namespace ? ` in ${namespace}` : ''}${reason ? `: ${reason}` : ''}`;
