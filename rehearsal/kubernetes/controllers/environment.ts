import type {Store} from '../objects/store.ts';
import type {Container, EnvVar, KubeObject, Pod} from '../objects/types.ts';
import {type Dict, dict, isDict} from '../objects/values.ts';

/** The environment of a container, or why it cannot be made (worded like the kubelet). */
export type Environment =
	| {readonly env: Readonly<Record<string, string>>}
	| {readonly missing: {readonly reason: 'CreateContainerConfigError'; readonly message: string}};

class MissingReference extends Error {}

const decodeData = (kind: 'secret' | 'configmap', object: KubeObject): Dict => {
	const data = dict(object.data);
	if (kind === 'configmap') return data;
	return Object.fromEntries(
		Object.entries(data).map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString('utf8')]),
	);
};

const find = (
	store: Store,
	kind: 'secret' | 'configmap',
	namespace: string,
	name: string,
	optional = false,
): Dict | undefined => {
	const object = store.get(`${kind}s`, namespace, name);
	if (object) return decodeData(kind, object);
	if (optional) return undefined;
	throw new MissingReference(`${kind} "${name}" not found`);
};

const readField = (pod: Pod, path: string): string => {
	const member = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
	if (member) return String(dict(pod.metadata[member[1] as 'labels' | 'annotations'])[member[2] ?? ''] ?? '');
	let value: unknown = pod;
	for (const step of path.split('.')) value = isDict(value) ? value[step] : undefined;
	return value === undefined || value === null ? '' : String(value);
};

const valueFor = (store: Store, pod: Pod, container: Container, variable: EnvVar): string | undefined => {
	const from = variable.valueFrom;
	if (!from) return variable.value ?? '';
	const namespace = pod.metadata.namespace ?? '';
	if (from.fieldRef) return readField(pod, from.fieldRef.fieldPath);
	if (from.resourceFieldRef) {
		const [group = '', resource = ''] = from.resourceFieldRef.resource.split('.');
		return String(dict(dict(container.resources)[group])[resource] ?? '0');
	}
	const kind = from.secretKeyRef ? 'secret' : 'configmap';
	const ref = from.secretKeyRef ?? from.configMapKeyRef;
	if (!ref) return '';
	const data = find(store, kind, namespace, ref.name, ref.optional);
	const value = data?.[ref.key];
	if (value === undefined && !ref.optional) {
		const label = kind === 'secret' ? 'Secret' : 'ConfigMap';
		throw new MissingReference(`couldn't find key ${ref.key} in ${label} ${namespace}/${ref.name}`);
	}
	return value === undefined ? undefined : String(value);
};

/**
 * The environment variables of a container as the kubelet would set them: `envFrom`, `env`, references to Secrets,
 * ConfigMaps, pod fields and resources, and `$(NAME)` in values.
 */
export const resolveEnv = (store: Store, pod: Pod, container: Container): Environment => {
	const env: Record<string, string> = {};
	const namespace = pod.metadata.namespace ?? '';
	try {
		for (const source of container.envFrom ?? []) {
			const kind = source.secretRef ? 'secret' : 'configmap';
			const ref = source.secretRef ?? source.configMapRef;
			const data = ref ? find(store, kind, namespace, ref.name, ref.optional) : undefined;
			for (const [key, value] of Object.entries(data ?? {})) env[`${source.prefix ?? ''}${key}`] = String(value);
		}
		for (const variable of container.env ?? []) {
			const value = valueFor(store, pod, container, variable);
			if (value === undefined) continue;
			env[variable.name] = variable.valueFrom
				? value
				: value.replace(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (match, name: string | undefined) =>
						name === undefined ? '$' : (env[name] ?? match),
					);
		}
		return {env};
	} catch (error) {
		if (!(error instanceof MissingReference)) throw error;
		return {missing: {reason: 'CreateContainerConfigError', message: error.message}};
	}
};

/** The first volume that cannot be mounted, as the kubelet words it; undefined when all are there. */
export const missingVolume = (store: Store, pod: Pod): string | undefined => {
	const namespace = pod.metadata.namespace ?? '';
	for (const volume of pod.spec.volumes ?? []) {
		const wanted = [
			volume.secret && !volume.secret.optional ? (['secret', volume.secret.secretName ?? ''] as const) : undefined,
			volume.configMap && !volume.configMap.optional
				? (['configmap', volume.configMap.name ?? ''] as const)
				: undefined,
			...(volume.projected?.sources ?? []).flatMap((source) => [
				source.secret && !source.secret.optional ? (['secret', source.secret.name ?? ''] as const) : undefined,
				source.configMap && !source.configMap.optional
					? (['configmap', source.configMap.name ?? ''] as const)
					: undefined,
			]),
		];
		for (const reference of wanted) {
			if (!reference || store.get(`${reference[0]}s`, namespace, reference[1])) continue;
			return `MountVolume.SetUp failed for volume "${volume.name}" : ${reference[0]} "${reference[1]}" not found`;
		}
		const source = volume.secret
			? (['secret', volume.secret.secretName ?? '', volume.secret.items] as const)
			: volume.configMap
				? (['configmap', volume.configMap.name ?? '', volume.configMap.items] as const)
				: undefined;
		const object = source ? store.get(`${source[0]}s`, namespace, source[1]) : undefined;
		const absent = object ? source?.[2]?.find((item) => dict(object.data)[item.key] === undefined) : undefined;
		if (absent)
			return `MountVolume.SetUp failed for volume "${volume.name}" : references non-existent ${source?.[0] === 'secret' ? 'secret' : 'config'} key: ${absent.key}`;
	}
	return undefined;
};
