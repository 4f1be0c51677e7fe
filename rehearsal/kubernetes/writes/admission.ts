import {forbidden, notFound} from '../objects/errors.ts';
import {type KindInfo, kindById} from '../objects/kinds.ts';
import {madeSuffix} from '../objects/made-names.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject, Pod} from '../objects/types.ts';
import {type Dict, dict, isDict, list} from '../objects/values.ts';

/** Refuse to create in a namespace that is missing (404) or going away (403). */
export const admitNamespace = (store: Store, info: KindInfo, namespace: string, name: string): void => {
	const found = store.get('namespaces', '', namespace);
	if (!found) throw notFound(kindById('namespaces'), namespace);
	if (!found.metadata.deletionTimestamp) return;
	const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
	throw forbidden(info, name, why, [
		{
			reason: 'NamespaceTerminating',
			message: `namespace ${namespace} is being terminated`,
			field: 'metadata.namespace',
		},
	]);
};

const accessPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The volume with the account's token, the cluster's CA and the namespace, in every container that does not mount its own. */
const mountAccess = (pod: Pod, account: KubeObject): void => {
	const spec = pod.spec as Pod['spec'] & Dict;
	if ((spec.automountServiceAccountToken ?? account.automountServiceAccountToken) === false) return;
	const name = `kube-api-access-${madeSuffix()}`;
	const containers = [...(spec.initContainers ?? []), ...spec.containers];
	const open = containers.filter((one) => !one.volumeMounts?.some(({mountPath}) => mountPath === accessPath));
	if (open.length === 0) return;
	for (const container of open)
		container.volumeMounts = [
			...(container.volumeMounts ?? []),
			{name, readOnly: true, mountPath: accessPath} as {name: string; mountPath: string},
		];
	const sources = [
		{serviceAccountToken: {expirationSeconds: 3607, path: 'token'}},
		{configMap: {name: 'kube-root-ca.crt', items: [{key: 'ca.crt', path: 'ca.crt'}]}},
		{downwardAPI: {items: [{path: 'namespace', fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.namespace'}}]}},
	];
	spec.volumes = [...(spec.volumes ?? []), {name, projected: {sources, defaultMode: 420}} as never];
};

/** The service account admission plug-in: a pod runs as `default` unless it says otherwise, and the account must exist. */
const admitPod = (store: Store, info: KindInfo, pod: Pod): void => {
	const namespace = pod.metadata.namespace ?? '';
	const spec = pod.spec as Pod['spec'] & Dict;
	const name = spec.serviceAccountName || 'default';
	const account = store.get('serviceaccounts', namespace, name);
	if (!account) {
		const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
		// The real server refuses before it makes a name, so each try is refused in the same words.
		throw forbidden(info, pod.metadata.generateName ?? pod.metadata.name, why);
	}
	spec.serviceAccountName = name;
	spec.serviceAccount = name;
	const pullSecrets = list(account.imagePullSecrets).filter(isDict) as {name: string}[];
	if (!spec.imagePullSecrets?.length && pullSecrets.length > 0) spec.imagePullSecrets = pullSecrets;
	mountAccess(pod, account);
	spec.enableServiceLinks ??= true;
	spec.preemptionPolicy ??= 'PreemptLowerPriority';
	spec.priority ??= 0;
	spec.tolerations ??= ['not-ready', 'unreachable'].map((key) => ({
		effect: 'NoExecute',
		key: `node.kubernetes.io/${key}`,
		operator: 'Exists',
		tolerationSeconds: 300,
	}));
};

const freeAddress = (store: Store): string => {
	const taken = new Set(store.list('services').map((service) => dict(service.spec).clusterIP));
	for (let number = 10; ; number += 1) {
		const address = `10.96.${Math.floor(number / 250)}.${(number % 250) + 1}`;
		if (!taken.has(address)) return address;
	}
};

const freePort = (store: Store, extra: ReadonlySet<number>): number => {
	const taken = new Set(
		store.list('services').flatMap((service) => list(dict(service.spec).ports).map((port) => dict(port).nodePort)),
	);
	for (let port = 30_000; ; port += 1) if (!taken.has(port) && !extra.has(port)) return port;
};

/** Give a Service its cluster address and node ports; an update that leaves them out keeps the ones it has. */
const admitService = (store: Store, service: KubeObject, before?: KubeObject): void => {
	const spec = dict(service.spec);
	const old = dict(before?.spec);
	if (spec.type === 'ExternalName') return;
	spec.clusterIP ||= old.clusterIP || freeAddress(store);
	spec.clusterIPs ??= [spec.clusterIP];
	if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
	const given = new Set<number>();
	for (const port of list(spec.ports).filter(isDict)) {
		const previous = list(old.ports)
			.map(dict)
			.find((candidate) => candidate.port === port.port && candidate.protocol === port.protocol);
		port.nodePort ??= previous?.nodePort ?? freePort(store, given);
		given.add(Number(port.nodePort));
	}
};

/** What the server adds to or refuses about an object before it is stored; works in place on the caller's copy. */
export const admit = (store: Store, info: KindInfo, object: KubeObject, before?: KubeObject): void => {
	if (info.id === 'pods' && !before) admitPod(store, info, object as Pod);
	if (info.id === 'services') admitService(store, object, before);
	if (info.id === 'ingresses.networking.k8s.io' && !before) {
		const spec = dict(object.spec);
		const isDefault = store
			.list('ingressclasses.networking.k8s.io')
			.find((item) => item.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true');
		const legacy = object.metadata.annotations?.['kubernetes.io/ingress.class'];
		if (isDefault && !legacy) spec.ingressClassName ??= isDefault.metadata.name;
	}
};
