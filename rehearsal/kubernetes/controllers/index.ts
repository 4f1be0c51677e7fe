import {createKubelet, type Kubelet} from '../kubelet/kubelet.ts';
import {defaultPace, type Pace, type RunPod} from '../kubelet/types.ts';
import {createEventRecorder} from '../objects/events.ts';
import type {Logs} from '../objects/logs.ts';
import type {Change, Store} from '../objects/store.ts';
import type {KubeObject, OwnerReference} from '../objects/types.ts';
import type {Operations} from '../writes/types.ts';
import {reconcileBudget} from './budgets.ts';
import {reconcileClaim} from './claims.ts';
import {reconcileCronJob} from './cronjobs.ts';
import {reconcileDeployment} from './deployments.ts';
import {collect} from './garbage.ts';
import {gatewayId, httpRouteId, reconcileGateway, reconcileHttpRoute} from './gateways.ts';
import {reconcileIngress} from './ingresses.ts';
import {reconcileJob} from './jobs.ts';
import {reconcileNamespace} from './namespaces.ts';
import {createQueue, type Queue} from './queue.ts';
import {reconcileReplicaSet} from './replicasets.ts';
import {reconcileRoute, routeId} from './routes.ts';
import {concerns, reconcileService} from './services.ts';
import type {Context, Reconcile} from './types.ts';

export type ControllerOptions = {
	readonly operations: Operations;
	readonly logs: Logs;
	readonly runPod: RunPod;
	readonly pace: Partial<Pace>;
	readonly ingressAddress: string;
	readonly caPem: string;
};

/** The controller of each kind. */
const controllers = ({ingressAddress, caPem}: ControllerOptions, pace: Pace): Readonly<Record<string, Reconcile>> => {
	const entry = {address: ingressAddress, afterMs: pace.addressMs};
	return {
		'deployments.apps': reconcileDeployment,
		'replicasets.apps': reconcileReplicaSet,
		'jobs.batch': reconcileJob,
		'cronjobs.batch': reconcileCronJob,
		services: reconcileService(entry),
		'ingresses.networking.k8s.io': reconcileIngress(entry),
		[gatewayId]: reconcileGateway(entry),
		[httpRouteId]: reconcileHttpRoute,
		[routeId]: reconcileRoute,
		'poddisruptionbudgets.policy': reconcileBudget,
		persistentvolumeclaims: reconcileClaim,
		namespaces: reconcileNamespace(caPem),
	};
};

/** Kinds whose controllers own others, by their name in references. */
const ownerKinds: Readonly<Record<string, string>> = {
	Deployment: 'deployments.apps',
	ReplicaSet: 'replicasets.apps',
	Job: 'jobs.batch',
	CronJob: 'cronjobs.batch',
};

type Queues = Readonly<Record<string, Queue>>;

const keyOf = ({metadata}: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** Let the owners of an object look: its controller, and when it went also the controller above that. */
const wakeOwners = (store: Store, queues: Queues, {type, object}: Change): void => {
	const {namespace = '', ownerReferences = []} = object.metadata;
	const wake = ({kind, name}: OwnerReference): void => queues[ownerKinds[kind] ?? '']?.add(`${namespace}/${name}`);
	for (const owner of ownerReferences) {
		if (owner.controller) wake(owner);
		const kind = ownerKinds[owner.kind];
		if (type !== 'DELETED' || !kind) continue;
		const [above] = store.get(kind, namespace, owner.name)?.metadata.ownerReferences ?? [];
		if (above) wake(above);
	}
};

/** Let the Services and budgets look that a pod counts for. */
const wakeObservers = (store: Store, queues: Queues, pod: KubeObject): void => {
	const {namespace} = pod.metadata;
	for (const service of store.list('services', namespace))
		if (concerns(service, pod)) queues.services?.add(keyOf(service));
	for (const budget of store.list('poddisruptionbudgets.policy', namespace))
		queues['poddisruptionbudgets.policy']?.add(keyOf(budget));
};

/** Gateways look at routes, routes at Gateways and Services, and both at Secrets and labels of namespaces. */
const wakeRoutes = (store: Store, queues: Queues, {kind, object}: Change): void => {
	const watched = [
		'services',
		'secrets',
		'namespaces',
		'referencegrants.gateway.networking.k8s.io',
		gatewayId,
		httpRouteId,
	];
	if (!watched.includes(kind)) return;
	for (const id of [gatewayId, httpRouteId])
		for (const one of store.list(id)) if (one !== object) queues[id]?.add(keyOf(one));
};

/** Do something in a later turn of the event loop, unless the cluster stops before. */
type Later = (work: () => void) => void;

const createLater =
	(signal: AbortSignal): Later =>
	(work) => {
		setImmediate(() => {
			if (!signal.aborted) work();
		});
	};

/**
 * Collect what follows from objects that go; an owner that waits for its dependents looks again when one of them went.
 */
const collectGarbage = (context: Context, {type, kind, object}: Change, later: Later): void => {
	if (kind === 'events') return;
	const {namespace = '', ownerReferences = [], deletionTimestamp} = object.metadata;
	if (type === 'DELETED')
		for (const owner of ownerReferences) {
			const above = ownerKinds[owner.kind];
			const waiting = above ? context.store.get(above, namespace, owner.name) : undefined;
			if (above && waiting?.metadata.deletionTimestamp) later(() => collect(context, above, waiting));
		}
	if (type === 'DELETED' || deletionTimestamp) later(() => collect(context, kind, object));
};

/** Who follows the writes of the store. */
type Followers = {readonly context: Context; readonly queues: Queues; readonly kubelet: Kubelet; readonly later: Later};

const follow =
	({context, queues, kubelet, later}: Followers) =>
	(change: Change): void => {
		const {store} = context;
		queues[change.kind]?.add(keyOf(change.object));
		wakeOwners(store, queues, change);
		if (change.kind === 'pods') {
			later(() => kubelet.follow(change));
			wakeObservers(store, queues, change.object);
		}
		wakeRoutes(store, queues, change);
		collectGarbage(context, change, later);
	};

/**
 * Start every controller and the node on a store: they look at what is there, then follow each write. Answers a
 * function that stops them and all containers, and resolves when the containers' promises have settled or one second
 * has passed.
 */
export const startControllers = (options: ControllerOptions): (() => Promise<void>) => {
	const {operations, logs, runPod} = options;
	const {store, now} = operations;
	const stopping = new AbortController();
	const pace = {...defaultPace, ...options.pace};
	const record = createEventRecorder(store, now);
	const context: Context = {operations, store, now, record};
	const kubelet = createKubelet({store, logs, now, record, runPod, pace});
	const queues: Queues = Object.fromEntries(
		Object.entries(controllers(options, pace)).map(([kind, reconcile]) => [
			kind,
			createQueue((namespace, name) => reconcile(context, namespace, name)),
		]),
	);
	const later = createLater(stopping.signal);
	const unsubscribe = store.subscribe(follow({context, queues, kubelet, later}));
	for (const [kind, queue] of Object.entries(queues)) for (const object of store.list(kind)) queue.add(keyOf(object));
	for (const object of store.list('pods')) kubelet.follow({type: 'MODIFIED', object});
	return async () => {
		unsubscribe();
		stopping.abort();
		for (const queue of Object.values(queues)) queue.stop();
		await kubelet.stop();
	};
};
