import {ApiError, badRequest} from '../objects/errors.ts';
import type {Shape} from '../objects/shapes.ts';
import type {KubeObject} from '../objects/types.ts';
import {dict} from '../objects/values.ts';
import {compare} from './compare.ts';
import {
	difference,
	emptySet,
	type FieldSet,
	fieldsOf,
	intersection,
	isEmptySet,
	paths,
	union,
	without,
} from './fields.ts';
import {isSameManager, type Manager, type Ownership, readManagers, withOwner, writeManagers} from './managers.ts';
import {mergeApplied, prune} from './merge.ts';

/** Fields that belong to the server itself: nobody owns them (apiserver, managedfields `stripMeta`). */
const serverFields = [
	['f:apiVersion'],
	['f:kind'],
	...[
		'name',
		'namespace',
		'creationTimestamp',
		'selfLink',
		'uid',
		'generation',
		'managedFields',
		'resourceVersion',
		'generateName',
		'deletionTimestamp',
		'deletionGracePeriodSeconds',
	].map((name) => ['f:metadata', `f:${name}`]),
];

const owned = (set: FieldSet, manager: Manager, hasStatus: boolean): FieldSet => {
	const mine = without(set, serverFields);
	if (!hasStatus) return mine;
	if (manager.subresource === 'status') {
		const status = mine.children.get('f:status');
		return {member: false, children: new Map(status ? [['f:status', status]] : [])};
	}
	return without(mine, [['f:status']]);
};

const printOwner = (owner: Ownership): string => {
	const name = `${JSON.stringify(owner.manager)}${owner.subresource ? ` with subresource ${JSON.stringify(owner.subresource)}` : ''}`;
	return owner.operation === 'Update' ? `${name} using ${owner.apiVersion}` : name;
};

/** 409 worded like k8s.io/apiserver managedfields `NewConflictError`: the manager and the field path of each conflict. */
const conflictError = (conflicts: readonly {readonly owner: Ownership; readonly set: FieldSet}[]): ApiError => {
	const flat = conflicts.flatMap(({owner, set}) => paths(set).map((path) => ({name: printOwner(owner), path})));
	const causes = flat.map(({name, path}) => ({
		reason: 'FieldManagerConflict',
		message: `conflict with ${name}`,
		field: path,
	}));
	const grouped = [...new Set(flat.map(({name}) => name))].sort();
	const message =
		flat.length === 1
			? `Apply failed with 1 conflict: conflict with ${flat[0]?.name}: ${flat[0]?.path}`
			: `Apply failed with ${flat.length} conflicts: ${grouped
					.flatMap((name) => [
						`conflicts with ${name}:`,
						...flat.filter((entry) => entry.name === name).map((entry) => `- ${entry.path}`),
					])
					.join('\n')}`;
	return new ApiError(409, 'Conflict', message, {causes});
};

const withManagers = (object: KubeObject, owners: readonly Ownership[]): KubeObject => {
	const {managedFields: _, ...metadata} = object.metadata;
	const entries = writeManagers(owners);
	return {...object, metadata: entries.length > 0 ? {...metadata, managedFields: entries} : metadata};
};

export type ApplyOptions = {
	readonly manager: Manager;
	readonly force: boolean;
	readonly shape: Shape;
	readonly hasStatus: boolean;
	readonly now: string;
};

/**
 * Server-side apply: merge the applied object into the live one, drop what this manager stopped applying, and keep the
 * books of ownership. Throws a 409 with one cause per conflicting field unless forced, a 400 when the applied object
 * brings managedFields.
 */
export const applyObject = (live: KubeObject | undefined, applied: KubeObject, options: ApplyOptions): KubeObject => {
	const {manager, shape, now, hasStatus} = options;
	if (applied.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
	let owners = readManagers(live?.metadata.managedFields);
	const next = owned(fieldsOf(applied, shape), manager, hasStatus);
	const last = owners.find((owner) => isSameManager(owner, manager))?.set ?? emptySet();
	const others = owners.filter((owner) => !isSameManager(owner, manager));

	// What another part of the object says (status in a main apply, the rest in a status apply) is not this request's.
	const wish = {...applied};
	if (hasStatus && manager.subresource !== 'status') delete wish.status;
	const merged = mergeApplied(live, manager.subresource === 'status' ? {status: applied.status} : wish, shape);
	const taken = others.map((owner) => owner.set).reduce(union, emptySet());
	const pruned = prune(merged, last, next, taken, shape) as KubeObject;

	if (live) {
		const {added, modified, removed} = compare(live, pruned, shape);
		const changed = without(union(added, modified), serverFields);
		const conflicts = others
			.map((owner) => ({owner, set: intersection(owner.set, changed)}))
			.filter(({set}) => !isEmptySet(set));
		if (conflicts.length > 0 && !options.force) throw conflictError(conflicts);
		owners = owners.map((owner) =>
			isSameManager(owner, manager)
				? owner
				: {...owner, set: difference(difference(owner.set, intersection(owner.set, changed)), removed)},
		);
	}
	return withManagers(pruned, withOwner(owners, manager, next, now));
};

/**
 * Keep the books for a create, update or patch: fields that it adds or changes become the writer's, fields that it
 * removes belong to nobody. `base` is the managedFields list that the writer sent, when it sent one.
 */
export const recordUpdate = (
	live: KubeObject | undefined,
	next: KubeObject,
	options: Omit<ApplyOptions, 'force'>,
): KubeObject => {
	const {manager, shape, hasStatus, now} = options;
	const sent = dict(next.metadata).managedFields;
	// A list with one empty entry is the documented way to wipe the books.
	const wiped = Array.isArray(sent) && sent.length === 1 && Object.keys(dict(sent[0])).length === 0;
	const owners = wiped ? [] : readManagers(sent ?? live?.metadata.managedFields);
	const empty = {apiVersion: next.apiVersion, kind: next.kind} as KubeObject;
	const {added, modified, removed} = compare(live ?? empty, next, shape);
	const changed = owned(union(added, modified), manager, hasStatus);
	const mine = owners.find((owner) => isSameManager(owner, manager))?.set ?? emptySet();
	const kept = owners.map((owner) =>
		isSameManager(owner, manager)
			? owner
			: {...owner, set: difference(difference(owner.set, intersection(owner.set, changed)), removed)},
	);
	return withManagers(next, withOwner(kept, manager, difference(union(mine, changed), removed), now));
};
