import {randomUUID} from 'node:crypto';
import {selects} from '../objects/selectors.ts';
import type {KubeObject, Pod} from '../objects/types.ts';
import {dict, isDict, list, same, timestamp} from '../objects/values.ts';
import {type Context, setStatus} from './context.ts';
import {isReady} from './workloads.ts';

/** How old an object is, in milliseconds. */
const ageOf = (context: Context, object: KubeObject): number =>
	context.now().getTime() - Date.parse(object.metadata.creationTimestamp);

/** Name the ready pods behind a Service in its Endpoints; give a LoadBalancer its address. */
export const reconcileService = (
	context: Context,
	namespace: string,
	name: string,
	address: string,
	afterMs: number,
): number | undefined => {
	const {store} = context;
	const service = store.get('services', namespace, name);
	const known = store.get('endpoints', namespace, name);
	if (!service) {
		if (known) store.remove('endpoints', namespace, name);
		return undefined;
	}
	const spec = dict(service.spec);
	if (isDict(spec.selector) && Object.keys(spec.selector).length > 0) {
		const matchLabels = spec.selector as Record<string, string>;
		const pods = store
			.list<Pod>('pods', namespace)
			.filter(
				(pod) =>
					selects({matchLabels}, pod.metadata.labels) &&
					pod.status?.podIP &&
					!pod.metadata.deletionTimestamp &&
					pod.status.phase === 'Running',
			);
		const portOf = (pod: Pod | undefined, port: Record<string, unknown>): number => {
			if (typeof port.targetPort === 'number') return port.targetPort;
			const named = pod?.spec.containers
				.flatMap((container) => container.ports ?? [])
				.find((one) => one.name === port.targetPort);
			return named?.containerPort ?? Number(port.port);
		};
		const addressOf = (pod: Pod): Record<string, unknown> => ({
			ip: pod.status?.podIP,
			nodeName: pod.spec.nodeName,
			targetRef: {kind: 'Pod', name: pod.metadata.name, namespace, uid: pod.metadata.uid},
		});
		const ready = pods.filter(isReady);
		const waiting = pods.filter((pod) => !isReady(pod));
		const ports = list(spec.ports)
			.map(dict)
			.map((port) => ({
				...(port.name ? {name: port.name} : {}),
				port: portOf(pods[0], port),
				protocol: port.protocol ?? 'TCP',
			}));
		const subset = {
			...(ready.length > 0 ? {addresses: ready.map(addressOf)} : {}),
			...(waiting.length > 0 ? {notReadyAddresses: waiting.map(addressOf)} : {}),
			ports,
		};
		const subsets = pods.length > 0 ? [subset] : undefined;
		if (!known || !same(known.subsets, subsets)) {
			const metadata = known?.metadata ?? {
				name,
				namespace,
				uid: randomUUID(),
				resourceVersion: '',
				creationTimestamp: timestamp(context.now()),
				labels: {...service.metadata.labels},
			};
			store.put('endpoints', {apiVersion: 'v1', kind: 'Endpoints', metadata, ...(subsets ? {subsets} : {})});
		}
	}
	if (spec.type !== 'LoadBalancer') {
		if (service.status === undefined) setStatus(store, 'services', service, {loadBalancer: {}});
		return undefined;
	}
	const left = afterMs - ageOf(context, service);
	if (left > 0) return left;
	setStatus(store, 'services', service, {loadBalancer: {ingress: [{ip: address, ipMode: 'VIP'}]}});
	return undefined;
};

/** Give an Ingress the controller's address, after a while. Only Ingresses of a class that exists get one. */
export const reconcileIngress = (
	context: Context,
	namespace: string,
	name: string,
	address: string,
	afterMs: number,
): number | undefined => {
	const {store} = context;
	const ingress = store.get('ingresses.networking.k8s.io', namespace, name);
	if (!ingress) return undefined;
	const className =
		dict(ingress.spec).ingressClassName ?? ingress.metadata.annotations?.['kubernetes.io/ingress.class'];
	const isOurs =
		typeof className === 'string' && store.get('ingressclasses.networking.k8s.io', '', className) !== undefined;
	const left = afterMs - ageOf(context, ingress);
	if (isOurs && left > 0) return left;
	setStatus(store, 'ingresses.networking.k8s.io', ingress, {loadBalancer: isOurs ? {ingress: [{ip: address}]} : {}});
	return undefined;
};

/** Count for a PodDisruptionBudget how many of its pods are up and how many may be missing. */
export const reconcileBudget = (context: Context, namespace: string, name: string): number | undefined => {
	const {store} = context;
	const budget = store.get('poddisruptionbudgets.policy', namespace, name);
	if (!budget) return undefined;
	const spec = dict(budget.spec);
	const pods = store
		.list<Pod>('pods', namespace)
		.filter((pod) => selects(dict(spec.selector), pod.metadata.labels) && pod.status?.phase !== 'Succeeded');
	const healthy = pods.filter(isReady).length;
	const amount = (value: unknown): number =>
		typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) / 100) * pods.length) : Number(value);
	const desired =
		spec.maxUnavailable === undefined
			? amount(spec.minAvailable ?? 1)
			: Math.max(0, pods.length - amount(spec.maxUnavailable));
	const allowed = Math.max(0, healthy - desired);
	const at = timestamp(context.now());
	const before = list(dict(budget.status).conditions).map(dict)[0];
	const status = allowed > 0 ? 'True' : 'False';
	setStatus(store, 'poddisruptionbudgets.policy', budget, {
		observedGeneration: budget.metadata.generation ?? 1,
		currentHealthy: healthy,
		desiredHealthy: desired,
		expectedPods: pods.length,
		disruptionsAllowed: allowed,
		conditions: [
			{
				type: 'DisruptionAllowed',
				status,
				reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
				message: '',
				observedGeneration: budget.metadata.generation ?? 1,
				lastTransitionTime: before?.status === status ? before.lastTransitionTime : at,
			},
		],
	});
	return undefined;
};
