import type {Store} from '../objects/store.ts';
import type {Container, EnvVar, Pod} from '../objects/types.ts';
import {type Dict, dict, textAt} from '../objects/values.ts';

/** The environment of a container, or why it cannot be made (worded like the kubelet). */
export type Environment =
	| {readonly env: Readonly<Record<string, string>>}
	| {readonly missing: {readonly reason: 'CreateContainerConfigError'; readonly message: string}};

class MissingReference extends Error {}

/** What references of one pod are looked up in. */
type Sources = {readonly store: Store; readonly namespace: string};

/** A reference to an object, or to one of its keys. */
type Reference = {
	readonly kind: 'secret' | 'configmap';
	readonly name: string;
	readonly optional?: boolean | undefined;
};

const titles = {secret: 'Secret', configmap: 'ConfigMap'} as const;

/** The members as text; undefined for an optional object that is not there. */
const dataOf = ({store, namespace}: Sources, {kind, name, optional}: Reference): Dict | undefined => {
	const object = store.get(`${kind}s`, namespace, name);
	if (!object && optional) return undefined;
	if (!object) throw new MissingReference(`${kind} "${name}" not found`);
	const data = dict(object.data);
	if (kind === 'configmap') return data;
	return Object.fromEntries(
		Object.entries(data).map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString('utf8')]),
	);
};

const memberOf = (sources: Sources, reference: Reference & {readonly key: string}): string | undefined => {
	const value = dataOf(sources, reference)?.[reference.key];
	if (value !== undefined) return String(value);
	if (reference.optional) return undefined;
	const {kind, name, key} = reference;
	throw new MissingReference(`couldn't find key ${key} in ${titles[kind]} ${sources.namespace}/${name}`);
};

const fieldOf = (pod: Pod, path: string): string => {
	const [, group, member = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/u.exec(path) ?? [];
	return group ? String(dict(dict(pod.metadata)[group])[member] ?? '') : textAt(pod, path);
};

const resourceOf = (container: Container, path: string): string => {
	const [group = '', resource = ''] = path.split('.');
	return String(dict(dict(container.resources)[group])[resource] ?? '0');
};

type From = NonNullable<EnvVar['valueFrom']>;

/** The value that a variable refers to; undefined for an optional one that is not there. */
const referred = (sources: Sources, pod: Pod, container: Container, from: From): string | undefined => {
	if (from.fieldRef) return fieldOf(pod, from.fieldRef.fieldPath);
	if (from.resourceFieldRef) return resourceOf(container, from.resourceFieldRef.resource);
	if (from.secretKeyRef) return memberOf(sources, {kind: 'secret', ...from.secretKeyRef});
	return from.configMapKeyRef ? memberOf(sources, {kind: 'configmap', ...from.configMapKeyRef}) : '';
};

/** `$(NAME)` stands for a variable that came before, `$$` for a dollar. */
const expand = (text: string, env: Readonly<Record<string, string>>): string =>
	text.replace(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/gu, (match, name: string | undefined) =>
		name === undefined ? '$' : (env[name] ?? match),
	);

const wholeObjects = (sources: Sources, {envFrom = []}: Container): Record<string, string> =>
	Object.fromEntries(
		envFrom.flatMap(({prefix = '', secretRef, configMapRef}) => {
			const kind = secretRef ? 'secret' : 'configmap';
			const named = secretRef ?? configMapRef;
			const data = named ? dataOf(sources, {kind, ...named}) : undefined;
			return Object.entries(data ?? {}).map(([key, value]) => [`${prefix}${key}`, String(value)] as const);
		}),
	);

const variables = (sources: Sources, pod: Pod, container: Container): Record<string, string> => {
	const env = wholeObjects(sources, container);
	for (const {name, value = '', valueFrom} of container.env ?? []) {
		const found = valueFrom ? referred(sources, pod, container, valueFrom) : expand(value, env);
		if (found !== undefined) env[name] = found;
	}
	return env;
};

/**
 * The environment variables of a container as the kubelet would set them: `envFrom`, `env`, references to Secrets,
 * ConfigMaps, pod fields and resources, and `$(NAME)` in values.
 */
export const resolveEnv = (store: Store, pod: Pod, container: Container): Environment => {
	try {
		return {env: variables({store, namespace: pod.metadata.namespace ?? ''}, pod, container)};
	} catch (error) {
		if (!(error instanceof MissingReference)) throw error;
		return {missing: {reason: 'CreateContainerConfigError', message: error.message}};
	}
};
