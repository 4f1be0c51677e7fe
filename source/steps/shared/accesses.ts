import type {Answers} from '../../answers/schema.ts';
import {execAccesses} from '../../cluster/exec/exec.ts';
import type {Access} from '../../cluster/types.ts';
import {scheduleNamespace} from '../schedule/names.ts';
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
/** The volume for artifacts, and what the cluster says while it makes none. */
const withClaim: readonly Kind[] = [{group: '', resource: 'persistentvolumeclaims', verbs: ['get', 'create', 'patch']}];
const forClasses: readonly Access[] = [{verb: 'list', group: 'storage.k8s.io', resource: 'storageclasses'}];

const ofCluster: readonly Access[] = [
	{verb: 'get', group: '', resource: 'namespaces'},
	{verb: 'create', group: '', resource: 'namespaces'},
	...forChecks,
];

/** True for an access without which only a check cannot be made; that check says so itself. */
export const isForChecksOnly = ({verb, resource, namespace}: Access): boolean =>
	namespace === undefined &&
	[...forChecks, ...forClasses].some((access) => access.verb === verb && access.resource === resource);

/** What says whether a Gateway is there and takes the hosts. */
const readsGateway = (answers: Answers): readonly Access[] => {
	const gateway = gatewayOf(answers);
	if (!gateway) return [];
	return within(gateway.namespace, [{group: 'gateway.networking.k8s.io', resource: 'gateways', verbs: read}]);
};

/** The Gateway's own status tells its address, unless the answers do: then only a check reads it, which says so where it may not. */
const ofGateway = (answers: Answers): readonly Access[] =>
	answers.ingress.address === undefined ? readsGateway(answers) : [];

const within = (namespace: string, kinds: readonly Kind[]): readonly Access[] =>
	kinds.flatMap(({group, resource, verbs}) => verbs.map((verb) => ({verb, group, resource, namespace})));

/** Every verb on every kind that the install with these answers needs, for access reviews. */
export const accessesNeeded = (answers: Answers): readonly Access[] => {
	const {workloadManager, artifacts, workspaces} = answers;
	const ofVolume = artifacts.kind === 'storageClass';
	const ofPipelines = workloadManager.enabled ? workloadManager.namespace : workspaces[0]?.namespace;
	const budgets = componentsOf(answers).some(({answers: {podDisruptionBudget}}) => podDisruptionBudget.enabled);
	const kinds = [...always, ...(budgets ? withBudgets : []), ...ofWayIn[answers.ingress.kind]];
	return [
		...ofCluster,
		...namespacesOf(answers).flatMap((namespace) => within(namespace, kinds)),
		...ofGateway(answers),
		...(workloadManager.enabled ? within(workloadManager.namespace, withRunners) : []),
		...(ofVolume && ofPipelines !== undefined ? [...forClasses, ...within(ofPipelines, withClaim)] : []),
	];
};

/** What dumps and restores by programs in the cluster need: a Job with a pod of the tools, and commands in it (KEP-4006: a GET, and create since 1.35). */
const ofToolPods: readonly Kind[] = [
	{group: 'batch', resource: 'jobs', verbs: ['list', 'create', 'delete']},
	{group: '', resource: 'pods', verbs: ['get', 'list', 'delete']},
	{group: '', resource: 'pods/exec', verbs: ['get', 'create']},
];

/** What stops and starts servers, and remembers how far a restore is. */
const ofStopping: readonly Kind[] = [
	{group: 'apps', resource: 'deployments', verbs: ['get', 'list', 'patch']},
	{group: '', resource: 'pods', verbs: ['get', 'list']},
	{group: '', resource: 'configmaps', verbs: ['get', 'create', 'patch']},
];

/**
 * Every verb on every kind that replacing data needs beyond an install, for access reviews.
 * @param namespaces of the components whose servers are stopped
 */
export const accessesOfRestore = (
	{backup, controlPlane}: Answers,
	namespaces: readonly string[],
): readonly Access[] => [
	...[...new Set(namespaces)].flatMap((namespace) => within(namespace, ofStopping)),
	...(backup.tools === 'cluster' ? within(controlPlane.namespace, ofToolPods) : []),
];

const writeObjects = ['get', 'create', 'patch'] as const;

/** A first Job that failed is made anew, and its pods say what it did. */
const ofSchedule: readonly Kind[] = [
	{group: '', resource: 'secrets', verbs: writeObjects},
	{group: '', resource: 'serviceaccounts', verbs: writeObjects},
	{group: '', resource: 'persistentvolumeclaims', verbs: writeObjects},
	{group: '', resource: 'configmaps', verbs: writeObjects},
	{group: 'batch', resource: 'cronjobs', verbs: writeObjects},
	{group: 'batch', resource: 'jobs', verbs: ['get', 'create', 'delete']},
	{group: '', resource: 'pods', verbs: ['list']},
	{group: '', resource: 'pods/log', verbs: ['get']},
];

/** Every verb on every kind that scheduled backups need in their namespace, for access reviews. */
export const accessesOfSchedule = (answers: Answers): readonly Access[] =>
	within(scheduleNamespace(answers), ofSchedule);

/** What it takes to start a pod with the programs that dump and restore, to work in it and to take it away again. */
export const accessesOfDumps = ({controlPlane: {namespace}}: Answers): readonly Access[] => [
	...['list', 'create', 'delete'].map((verb) => ({verb, group: 'batch', resource: 'jobs', namespace})),
	...['list', 'delete'].map((verb) => ({verb, group: '', resource: 'pods', namespace})),
	...execAccesses(namespace),
];

/** What says how much a namespace lets in. Only a check reads it, which says so where it may not. */
const ofAmounts: readonly Kind[] = ['limitranges', 'resourcequotas'].map((resource) => ({
	...{group: '', resource},
	verbs: ['list'],
}));

/** Everything that an operator may come to need with these answers: install, upgrade, backups by hand and by schedule, restore. */
export const accessesOfOperator = (answers: Answers): readonly Access[] => [
	...accessesNeeded(answers),
	...namespacesOf(answers).flatMap((namespace) => within(namespace, ofAmounts)),
	...readsGateway(answers),
	...(answers.backup.tools === 'host' ? [] : accessesOfDumps(answers)),
	...accessesOfRestore(
		answers,
		componentsOf(answers).map(({answers: {namespace}}) => namespace),
	),
	...(answers.backup.schedule.kind === 'none' ? [] : accessesOfSchedule(answers)),
	...(answers.backup.schedule.kind === 'storageClass' ? forClasses : []),
];

/** An access that is denied, and why as far as the cluster says. */
export type DeniedAccess = Access & {readonly reason: string};

/** `create secrets in zenml-pro: no RBAC policy matched`. */
export const accessText = ({verb, group, resource, namespace, reason}: DeniedAccess): string =>
	`${verb} ${resource}${group ? `.${group}` : ''}${namespace ? ` in ${namespace}` : ''}${reason ? `: ${reason}` : ''}`;
