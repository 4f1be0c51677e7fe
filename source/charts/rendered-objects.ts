import {parseAllDocuments} from 'yaml';
import {isMap} from '../base/text.ts';

type Json = Readonly<Record<string, unknown>>;

/** A rendered Kubernetes object, as far as the checks need it. */
export type RenderedObject = Json & {
	readonly kind: string;
	readonly metadata: Json & {readonly name: string};
};

/** A variable of a container; a value that stands elsewhere is none. */
export type Variable = {readonly name: string; readonly value: string};

export type Container = {
	readonly name: string;
	readonly image: string;
	readonly resources: Json;
	readonly env: readonly Variable[];
	/** Names of the Secrets and ConfigMaps whose keys are variables too. */
	readonly envFrom: readonly string[];
	readonly securityContext: Json;
};

/** A scalar as text; what is none, or not there, is empty. */
export const textOf = (value: unknown): string =>
	['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
const mapOf = (value: unknown): Json => (isMap(value) ? value : {});
const mapsOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isMap) : []);

/** What lies below these keys. */
export const at = (value: unknown, ...keys: readonly string[]): unknown =>
	keys.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), value);

const podPaths: ReadonlyMap<string, readonly string[]> = new Map([
	['Pod', ['spec']],
	['Deployment', ['spec', 'template', 'spec']],
	['StatefulSet', ['spec', 'template', 'spec']],
	['DaemonSet', ['spec', 'template', 'spec']],
	['ReplicaSet', ['spec', 'template', 'spec']],
	['Job', ['spec', 'template', 'spec']],
	['CronJob', ['spec', 'jobTemplate', 'spec', 'template', 'spec']],
]);

const containerOf = ({name, image, resources, env, envFrom, securityContext}: Json): Container => ({
	name: textOf(name),
	image: textOf(image),
	resources: mapOf(resources),
	env: mapsOf(env).map((variable) => ({name: textOf(variable.name), value: textOf(variable.value)})),
	envFrom: mapsOf(envFrom).map((source) => textOf(at(source.secretRef ?? source.configMapRef, 'name'))),
	securityContext: mapOf(securityContext),
});

/** What an object that makes pods says of them; undefined for others. */
export const podOf = (object: RenderedObject): Json | undefined => {
	const path = podPaths.get(object.kind);
	return path && mapOf(at(object, ...path));
};

/** The containers of an object that makes pods. @param lists `containers`, `initContainers` */
export const containersOf = (object: RenderedObject, ...lists: readonly string[]): readonly Container[] =>
	lists.flatMap((list) => mapsOf(at(object, ...(podPaths.get(object.kind) ?? []), list)).map(containerOf));

/** What a stream holds, or why it cannot be used. */
type Read =
	| {readonly objects: readonly RenderedObject[]}
	| {readonly broken: readonly string[]; readonly isYaml: boolean};

/** Documents as values; nothing is left of those that are empty. @throws Error as the parser throws it, also for bombs of aliases */
const valuesIn = (yamlStream: string): {readonly values: readonly unknown[]; readonly broken: readonly string[]} => {
	const parsed = parseAllDocuments(yamlStream);
	const documents = 'empty' in parsed ? [] : parsed;
	const broken = documents.flatMap(({errors}) => errors.map(({message}) => message));
	if (broken.length > 0) return {values: [], broken};
	const values = documents.map((document) => document.toJS() as unknown).filter((value) => value !== null);
	return {values, broken};
};

const objectOf = (value: unknown): RenderedObject | undefined => {
	if (!isMap(value) || typeof value.kind !== 'string') return undefined;
	const metadata = mapOf(value.metadata);
	return {...value, kind: value.kind, metadata: {...metadata, name: textOf(metadata.name)}};
};

/** Takes a stream of rendered YAML apart. What of an object has another form than Kubernetes knows counts as not there. */
export const readObjects = (yamlStream: string): Read => {
	try {
		const {values, broken} = valuesIn(yamlStream);
		if (broken.length > 0) return {broken, isYaml: false};
		const objects = values.map(objectOf);
		const odd = objects.indexOf(undefined);
		if (odd >= 0) return {broken: [`Document ${odd + 1} has no kind.`], isYaml: true};
		return {objects: objects.filter((object) => object !== undefined)};
	} catch (error) {
		return {broken: [error instanceof Error ? error.message : String(error)], isYaml: false};
	}
};
