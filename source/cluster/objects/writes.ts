import {isMissing, isStatus, KubernetesError} from '../errors.ts';
import type {KubeObject} from '../kinds.ts';
import type {Requests} from '../requests.ts';
import {differences} from './differences.ts';
import {nameOf, referenceOf} from './names.ts';
import type {Paths} from './resources.ts';
import {objectShape} from './shapes.ts';
import type {ObjectApi} from './types.ts';
import {unless} from './unless.ts';

/** Name under which the cluster records what this tool owns (server-side apply). */
const fieldManager = 'zenml-airgap';

/**
 * True for a conflict with nobody but ourselves: what `create` and `replace` wrote counts as another manager of the
 * same name.
 */
const isOwnConflict = (error: unknown): boolean =>
	error instanceof KubernetesError &&
	error.managers.length > 0 &&
	error.managers.every((manager) => manager === fieldManager);

/** An object as it may be applied: the record of who owns which field is the server's. */
const withoutManagers = ({metadata: {managedFields: _, ...metadata}, ...rest}: KubeObject) => ({...rest, metadata});

const isThere = (error: unknown): boolean => error instanceof KubernetesError && error.reason === 'AlreadyExists';

/** Gone, or changed since it was read. */
const isOutOfDate = (error: unknown): boolean => isStatus(error, 404, 409);

/** A JSON patch that does not fit: kube-apiserver keeps its reason to itself (apiserver, NewGenericServerResponse). */
const isUnfit = (error: unknown): boolean =>
	isOutOfDate(error) || (isStatus(error, 422) && /rejected our request/u.test(error.said));

/** Changing objects. */
export const createWrites = (
	requests: Requests,
	paths: Paths,
	{get}: Pick<ObjectApi, 'get'>,
): Pick<ObjectApi, 'apply' | 'diff' | 'create' | 'replace' | 'patch' | 'delete'> => {
	const apply: ObjectApi['apply'] = async (object, {signal, dryRun = false, force = false}) => {
		const reference = referenceOf(object);
		const path = await paths.demand(reference, signal);
		const patch = async (forced: boolean): Promise<KubeObject> => {
			const answer = await requests.send({
				method: 'PATCH',
				path,
				query: {fieldManager, force: String(forced), dryRun: dryRun ? 'All' : undefined},
				// The body is JSON, which is YAML too: server-side apply is known under this media type.
				contentType: 'application/apply-patch+yaml',
				body: withoutManagers(object),
				deed: `apply ${nameOf(reference)}`,
				reads: dryRun,
				signal,
			});
			return answer.as(objectShape(object.kind));
		};
		try {
			return await patch(force);
		} catch (error) {
			if (isOwnConflict(error)) return patch(true);
			throw error;
		}
	};

	const diff: ObjectApi['diff'] = async (object, signal) => {
		const live = await get(referenceOf(object), signal);
		if (!live) return ['(new)'];
		return differences(live, await apply(object, {signal, dryRun: true, force: true}));
	};

	const create: ObjectApi['create'] = async (object, signal) => {
		const {name, ...collection} = referenceOf(object);
		const path = await paths.demand(collection, signal);
		const deed = `create ${nameOf({...collection, name})}`;
		const sent = requests.send({method: 'POST', path, query: {fieldManager}, body: object, deed, signal});
		return (await unless(isThere, sent))?.as(objectShape(object.kind));
	};

	const replace: ObjectApi['replace'] = async (object, signal) => {
		const reference = referenceOf(object);
		const path = await paths.demand(reference, signal);
		const deed = `replace ${nameOf(reference)}`;
		const sent = requests.send({method: 'PUT', path, query: {fieldManager}, body: object, deed, signal});
		return (await unless(isOutOfDate, sent))?.as(objectShape(object.kind));
	};

	const patch: ObjectApi['patch'] = async (reference, steps, signal) => {
		const path = await paths.demand(reference, signal);
		const deed = `patch ${nameOf(reference)}`;
		const contentType = 'application/json-patch+json';
		const sent = requests.send({method: 'PATCH', path, query: {fieldManager}, contentType, body: steps, deed, signal});
		return (await unless(isUnfit, sent))?.as(objectShape(reference.kind));
	};

	const remove: ObjectApi['delete'] = async (reference, signal) => {
		const path = await paths.find(reference, signal);
		if (path === undefined) return;
		const body = {apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background'};
		const sent = requests.send({method: 'DELETE', path, body, deed: `delete ${nameOf(reference)}`, signal});
		await unless(isMissing, sent);
	};

	return {apply, diff, create, replace, patch, delete: remove};
};
