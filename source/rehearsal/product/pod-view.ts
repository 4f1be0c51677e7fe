import {X509Certificate} from 'node:crypto';
import type {Container, KubeObject, Pod} from '../kubernetes/objects.ts';
import type {Store} from '../kubernetes/store.ts';

/** The objects of the rehearsal cluster, as the node and the ingress controller see them. */
export type Cluster = Pick<Store, 'get' | 'list'>;

export type Secret = KubeObject & {type?: string; data?: Record<string, string>};
type ConfigMap = KubeObject & {data?: Record<string, string>};

/** A container that cannot be made; `reason` and `message` are the kubelet's (`CreateContainerConfigError`, …). */
export class ContainerError extends Error {
	readonly reason: string;
	constructor(reason: string, message: string) {
		super(message);
		this.name = 'ContainerError';
		this.reason = reason;
	}
}

const decoded = (data: Readonly<Record<string, string>> | undefined): Record<string, string> =>
	Object.fromEntries(
		Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
	);

/** The decoded members of a Secret, or undefined when there is no such Secret. */
export const secretData = (cluster: Cluster, namespace: string, name: string): Record<string, string> | undefined => {
	const secret = cluster.get<Secret>('secrets', namespace, name);
	return secret && decoded(secret.data);
};

const configData = (cluster: Cluster, namespace: string, name: string): Record<string, string> | undefined => {
	const found = cluster.get<ConfigMap>('configmaps', namespace, name);
	return found && {...found.data};
};

type Source = 'secret' | 'configmap';
const sources = {secret: secretData, configmap: configData} as const;

const dataOf = (
	cluster: Cluster,
	namespace: string,
	kind: Source,
	reference: {readonly name?: string; readonly optional?: boolean},
): Record<string, string> => {
	const data = sources[kind](cluster, namespace, reference.name ?? '');
	if (!data && !reference.optional)
		throw new ContainerError('CreateContainerConfigError', `${kind} "${reference.name}" not found`);
	return data ?? {};
};

const keyOf = (
	cluster: Cluster,
	namespace: string,
	kind: Source,
	reference: {readonly name: string; readonly key: string; readonly optional?: boolean},
): string | undefined => {
	const value = dataOf(cluster, namespace, kind, reference)[reference.key];
	if (value === undefined && !reference.optional)
		throw new ContainerError(
			'CreateContainerConfigError',
			`couldn't find key ${reference.key} in ${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${namespace}/${reference.name}`,
		);
	return value;
};

const fieldOf = (pod: Pod, path: string): string => {
	const fields: Readonly<Record<string, string | undefined>> = {
		'metadata.name': pod.metadata.name,
		'metadata.namespace': pod.metadata.namespace,
		'metadata.uid': pod.metadata.uid,
		'spec.nodeName': pod.spec.nodeName,
		'spec.serviceAccountName': pod.spec.serviceAccountName,
		'status.podIP': pod.status?.podIP,
	};
	return fields[path] ?? '';
};

/**
 * The environment of a container as the kubelet resolves it: `envFrom` first, then `env` in order, `$(NAME)` expanded from what
 * came before (Kubernetes API reference, EnvVar v1 core).
 * @throws ContainerError for a Secret, ConfigMap or key that is not there.
 */
export const environmentOf = (cluster: Cluster, pod: Pod, container: Container): Record<string, string> => {
	const namespace = pod.metadata.namespace ?? 'default';
	const result: Record<string, string> = {};
	for (const {prefix = '', secretRef, configMapRef} of container.envFrom ?? []) {
		const data = secretRef
			? dataOf(cluster, namespace, 'secret', secretRef)
			: dataOf(cluster, namespace, 'configmap', configMapRef ?? {});
		for (const [key, value] of Object.entries(data)) result[`${prefix}${key}`] = value;
	}
	for (const {name, value, valueFrom} of container.env ?? []) {
		const found = valueFrom?.secretKeyRef
			? keyOf(cluster, namespace, 'secret', valueFrom.secretKeyRef)
			: valueFrom?.configMapKeyRef
				? keyOf(cluster, namespace, 'configmap', valueFrom.configMapKeyRef)
				: valueFrom?.fieldRef
					? fieldOf(pod, valueFrom.fieldRef.fieldPath)
					: (value ?? '').replace(/\$\(([A-Za-z_][A-Za-z0-9_]*)\)/gu, (whole, key: string) => result[key] ?? whole);
		if (found !== undefined) result[name] = found;
	}
	return result;
};

/** The files that volumes of Secrets and ConfigMaps put into a container, by absolute path. */
export const filesOf = (cluster: Cluster, pod: Pod, container: Container): ReadonlyMap<string, string> => {
	const namespace = pod.metadata.namespace ?? 'default';
	const files = new Map<string, string>();
	for (const mount of container.volumeMounts ?? []) {
		const volume = pod.spec.volumes?.find(({name}) => name === mount.name);
		const data = volume?.secret
			? secretData(cluster, namespace, volume.secret.secretName ?? '')
			: volume?.configMap
				? configData(cluster, namespace, volume.configMap.name ?? '')
				: undefined;
		const items = volume?.secret?.items ?? volume?.configMap?.items;
		for (const [key, value] of Object.entries(data ?? {})) {
			const path = items ? items.find((item) => item.key === key)?.path : key;
			if (path === undefined) continue;
			if (mount.subPath === undefined) files.set(`${mount.mountPath.replace(/\/$/u, '')}/${path}`, value);
			else if (mount.subPath === path) files.set(mount.mountPath, value);
		}
	}
	return files;
};

const pemBlocks = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/gu;

/**
 * The CA certificates that a pod was given: those in files mounted into any of its containers, since the chart's init container
 * `update-ca-certificates` adds them to the bundle that the server then uses.
 */
export const trustOf = (cluster: Cluster, pod: Pod): readonly string[] => {
	const found = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
		.flatMap((container) => [...filesOf(cluster, pod, container).values()])
		.flatMap((text) => text.match(pemBlocks) ?? []);
	return [...new Set(found)].filter((pem) => {
		try {
			return new X509Certificate(pem).ca;
		} catch {
			return false;
		}
	});
};
