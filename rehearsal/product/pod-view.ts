import {X509Certificate} from 'node:crypto';
import type {Container, KubeObject, Pod, Store} from '../kubernetes/index.ts';

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

/** Files that one source of a volume gives, by their path in the volume. */
type Files = readonly (readonly [path: string, content: string])[];

type Source = {name?: string; secretName?: string; items?: {key: string; path: string}[]};

/** All members of an object under their own names, or those that are listed under the names given to them. */
const filesFrom = (data: Readonly<Record<string, string>> = {}, {items}: Source): Files =>
	items
		? items.flatMap(({key, path}) => (data[key] === undefined ? [] : [[path, data[key]] as const]))
		: Object.entries(data);

const volumeFiles = (cluster: Cluster, {metadata, spec}: Pod, name: string): Files => {
	const {namespace = 'default'} = metadata;
	const volume = spec.volumes?.find((one) => one.name === name);
	const parts: readonly {secret?: Source; configMap?: Source}[] = volume
		? [volume, ...(volume.projected?.sources ?? [])]
		: [];
	return parts.flatMap(({secret, configMap}) => [
		...(secret ? filesFrom(secretData(cluster, namespace, secret.secretName ?? secret.name ?? ''), secret) : []),
		...(configMap ? filesFrom(configData(cluster, namespace, configMap.name ?? ''), configMap) : []),
	]);
};

type Mount = NonNullable<Container['volumeMounts']>[number];

/** A volume's files where a container sees them: all below a folder, or one of them at a path of its own. */
const mounted = (files: Files, {mountPath, subPath}: Mount): Files =>
	subPath === undefined
		? files.map(([path, content]) => [`${mountPath.replace(/\/$/u, '')}/${path}`, content])
		: files.filter(([path]) => path === subPath).map(([, content]) => [mountPath, content]);

/** The files that volumes of Secrets and ConfigMaps, projected ones too, put into a container, by absolute path. */
export const filesOf = (cluster: Cluster, pod: Pod, container: Container): ReadonlyMap<string, string> =>
	new Map((container.volumeMounts ?? []).flatMap((mount) => mounted(volumeFiles(cluster, pod, mount.name), mount)));

const isAuthority = (pem: string): boolean => {
	try {
		return new X509Certificate(pem).ca;
	} catch {
		return false;
	}
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
	return [...new Set(found)].filter(isAuthority);
};
