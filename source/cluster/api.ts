import {KubernetesError} from './errors.ts';
import {differences, nameOf} from './objects.ts';
import type {Requests} from './requests.ts';
import {createResources, noSuchKind, objectPath} from './resources.ts';
import type {ClusterPort, KubeObject, Reference} from './types.ts';

/** Name under which the cluster records what this tool owns (server-side apply). */
export const fieldManager = 'zenml-airgap';
const pageSize = '500';

type ListBody = {
	readonly items?: readonly KubeObject[];
	readonly metadata?: {readonly continue?: string; readonly resourceVersion?: string};
};

const isStatus = (error: unknown, ...statuses: readonly number[]): boolean =>
	error instanceof KubernetesError && statuses.includes(error.status);

const referenceOf = ({apiVersion, kind, metadata: {name, namespace}}: KubeObject): Reference => ({
	apiVersion,
	kind,
	name,
	...(namespace !== undefined && {namespace}),
});

/** The calls on single objects and lists: the part of the port that every other part is made of. */
export type ObjectApi = Pick<
	ClusterPort,
	'get' | 'list' | 'apply' | 'diff' | 'create' | 'replace' | 'delete' | 'logs'
> & {
	/** Like `list`, with the version from which a watch goes on. */
	readonly listVersioned: (
		of: Parameters<ClusterPort['list']>[0],
		signal: AbortSignal,
	) => Promise<{readonly items: readonly KubeObject[]; readonly resourceVersion: string}>;
};

/** Logs that are not there yet are empty, not an error (messages of the kubelet and kube-apiserver). */
const noLogYet =
	/previous terminated container .* not found|is waiting to start|ContainerCreating|PodInitializing|does not have a host assigned|container .* in pod .* is not available/u;

/** The object calls over HTTP. @throws ProblemError as named in `errors.ts` and `connection-errors.ts`. */
export const createObjectApi = (requests: Requests): ObjectApi => {
	const resources = createResources(requests);
	const pathOf = async (of: Omit<Reference, 'name'> & {readonly name?: string}, signal: AbortSignal) => {
		const resource = await resources(of, signal);
		return resource && objectPath(resource, of);
	};
	const existingPath = async (of: Omit<Reference, 'name'> & {readonly name?: string}, signal: AbortSignal) => {
		const path = await pathOf(of, signal);
		if (path === undefined) throw noSuchKind(of.apiVersion, of.kind, requests.server());
		return path;
	};

	const get: ObjectApi['get'] = async (reference, signal) => {
		const path = await pathOf(reference, signal);
		if (path === undefined) return undefined;
		try {
			const deed = `read ${nameOf(reference.kind, reference.name, reference.namespace)}`;
			return (await requests.send({method: 'GET', path, deed, signal})).body as KubeObject;
		} catch (error) {
			if (isStatus(error, 404)) return undefined;
			throw error;
		}
	};

	const listVersioned: ObjectApi['listVersioned'] = async (of, signal) => {
		const path = await existingPath(of, signal);
		const query = {labelSelector: of.labelSelector || undefined, fieldSelector: of.fieldSelector || undefined};
		const deed = `list ${of.kind} objects${of.namespace ? ` of ${of.namespace}` : ''}`;
		const items: KubeObject[] = [];
		let next: string | undefined;
		for (;;) {
			const page = {limit: pageSize, continue: next};
			const {body} = await requests.send({method: 'GET', path, query: {...query, ...page}, deed, signal});
			const {items: found = [], metadata} = body as ListBody;
			// Items of a list carry neither kind nor apiVersion.
			items.push(...found.map((item) => ({...item, apiVersion: of.apiVersion, kind: of.kind})));
			if (!metadata?.continue) return {items, resourceVersion: metadata?.resourceVersion ?? ''};
			next = metadata.continue;
		}
	};

	const apply: ObjectApi['apply'] = async (object, {signal, dryRun, force}) => {
		const path = await existingPath(referenceOf(object), signal);
		const {managedFields: _, ...metadata} = object.metadata as KubeObject['metadata'] & {managedFields?: unknown};
		const patch = async (forced: boolean) =>
			(
				await requests.send({
					method: 'PATCH',
					path,
					query: {fieldManager, force: String(forced), dryRun: dryRun ? 'All' : undefined},
					// The body is JSON, which is YAML too: server-side apply is known under this media type.
					contentType: 'application/apply-patch+yaml',
					body: {...object, metadata},
					deed: `apply ${nameOf(object.kind, metadata.name, metadata.namespace)}`,
					reads: dryRun ?? false,
					signal,
				})
			).body as KubeObject;
		try {
			return await patch(force ?? false);
		} catch (error) {
			// What `create` and `replace` wrote counts as another manager of the same name; it is ours all the same.
			const ours = error instanceof KubernetesError && error.managers.length > 0;
			if (ours && error.managers.every((manager) => manager === fieldManager)) return patch(true);
			throw error;
		}
	};

	const diff: ObjectApi['diff'] = async (object, signal) => {
		const live = await get(referenceOf(object), signal);
		if (!live) return ['(new)'];
		return differences(live, await apply(object, {signal, dryRun: true, force: true}));
	};

	const create: ObjectApi['create'] = async (object, signal) => {
		const {name: _, ...collection} = referenceOf(object);
		const path = await existingPath(collection, signal);
		const deed = `create ${nameOf(object.kind, object.metadata.name, object.metadata.namespace)}`;
		try {
			const query = {fieldManager};
			return (await requests.send({method: 'POST', path, query, body: object, deed, signal})).body as KubeObject;
		} catch (error) {
			if (error instanceof KubernetesError && error.reason === 'AlreadyExists') return undefined;
			throw error;
		}
	};

	const replace: ObjectApi['replace'] = async (object, signal) => {
		const path = await existingPath(referenceOf(object), signal);
		const deed = `replace ${nameOf(object.kind, object.metadata.name, object.metadata.namespace)}`;
		try {
			const query = {fieldManager};
			return (await requests.send({method: 'PUT', path, query, body: object, deed, signal})).body as KubeObject;
		} catch (error) {
			if (isStatus(error, 404, 409)) return undefined;
			throw error;
		}
	};

	const remove: ObjectApi['delete'] = async (reference, signal) => {
		const path = await pathOf(reference, signal);
		if (path === undefined) return;
		const deed = `delete ${nameOf(reference.kind, reference.name, reference.namespace)}`;
		const body = {apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background'};
		try {
			await requests.send({method: 'DELETE', path, body, deed, signal});
		} catch (error) {
			if (!isStatus(error, 404)) throw error;
		}
	};

	const logs: ObjectApi['logs'] = async ({namespace, name, container}, {tailLines, previous, signal}) => {
		const path = `${objectPath({plural: 'pods', namespaced: true}, {apiVersion: 'v1', namespace, name})}/log`;
		const query = {container, tailLines: String(tailLines), previous: previous ? 'true' : undefined};
		try {
			const deed = `read the log of ${nameOf('pod', name, namespace)}`;
			const {text} = await requests.send({method: 'GET', path, query, deed, signal});
			return text === '' ? [] : text.replace(/\n$/u, '').split('\n');
		} catch (error) {
			if (error instanceof KubernetesError && error.status === 400 && noLogYet.test(error.problem.evidence?.[0] ?? ''))
				return [];
			throw error;
		}
	};

	return {
		get,
		listVersioned,
		list: async (of, signal) => (await listVersioned(of, signal)).items,
		apply,
		diff,
		create,
		replace,
		delete: remove,
		logs,
	};
};
