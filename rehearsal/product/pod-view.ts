import {X509Certificate} from 'node:crypto';
import type {Store} from '../kubernetes/objects/store.ts';
import type {Container, KubeObject, Pod} from '../kubernetes/objects/types.ts';

/** The objects of the rehearsal cluster, as the node and the ingress controller see them. */
export type Cluster = Pick<Store, 'get' | 'list'>;

export type Secret = KubeObject & {type?: string; data?: Record<string, string>};
type ConfigMap = KubeObject & {data?: Record<string, string>};

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

type Projection = {
	readonly data: Readonly<Record<string, string>> | undefined;
	readonly items: readonly {readonly key: string; readonly path: string}[] | undefined;
};
type Part = {name?: string; secretName?: string; items?: {key: string; path: string}[]};

const projections = (cluster: Cluster, pod: Pod, name: string): readonly Projection[] => {
	const namespace = pod.metadata.namespace ?? 'default';
	const volume = pod.spec.volumes?.find((one) => one.name === name);
	const parts: readonly {secret?: Part; configMap?: Part}[] = volume
		? [volume, ...(volume.projected?.sources ?? [])]
		: [];
	return parts.flatMap(({secret, configMap}): readonly Projection[] => [
		...(secret
			? [{data: secretData(cluster, namespace, secret.secretName ?? secret.name ?? ''), items: secret.items}]
			: []),
		...(configMap ? [{data: configData(cluster, namespace, configMap.name ?? ''), items: configMap.items}] : []),
	]);
};

/** The files that volumes of Secrets and ConfigMaps, projected ones too, put into a container, by absolute path. */
export const filesOf = (cluster: Cluster, pod: Pod, container: Container): ReadonlyMap<string, string> => {
	const files = new Map<string, string>();
	for (const {name, mountPath, subPath} of container.volumeMounts ?? []) {
		for (const {data = {}, items} of projections(cluster, pod, name)) {
			for (const [key, value] of Object.entries(data)) {
				const path = items ? items.find((item) => item.key === key)?.path : key;
				if (path === undefined) continue;
				if (subPath === undefined) files.set(`${mountPath.replace(/\/$/u, '')}/${path}`, value);
				else if (subPath === path) files.set(mountPath, value);
			}
		}
	}
	return files;
};

const pemBlocks = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/gu;

/**
 * The CA certificates that a pod was given: those in files mounted into any of its containers, since the chart's init
 * container `update-ca-certificates` adds them to the bundle that the server then uses.
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
