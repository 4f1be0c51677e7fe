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

const printOwner = ({manager, subresource, operation, apiVersion}: Ownership): string =>
	[
		JSON.stringify(manager),
		...(subresource ? [`with subresource ${JSON.stringify(subresource)}`] : []),
		...(operation === 'Update' ? [`using ${apiVersion}`] : []),
	].join(' ');

/**
 * 409 worded like k8s.io/apiserver managedfields `NewConflictError`: the manager and the field path of each conflict.
 */
const conflictError = (conflicts: readonly {readonly owner: Ownership; readonly set: FieldSet}[]): ApiError => {
	const flat = conflicts.flatMap(({owner, set}) => paths(set).map((path) => ({name: printOwner(owner), path})));
	const causes = flat.map(({name, path}) => ({
		reason: 'FieldManagerConflict',
		message: `conflict with ${name}`,
		field: path,
	}));
	const [first] = flat;
	if (flat.length === 1 && first) {
		const message = `Apply failed with 1 conflict: conflict with ${first.name}: ${first.path}`;
		return new ApiError(409, 'Conflict', message, {causes});
	}
	const byOwner = [...Map.groupBy(flat, ({name}) => name)].sort(([left], [right]) => (left < right ? -1 : 1));
	const lines = byOwner.flatMap(([name, own]) => [`conflicts with ${name}:`, ...own.map(({path}) => `- ${path}`)]);
	return new ApiError(409, 'Conflict', `Apply failed with ${flat.length} conflicts: ${lines.join('\n')}`, {causes});
};

const withManagers = (object: KubeObject, owners: readonly Ownership[]): KubeObject => {
	const {managedFields: _, ...metadata} = object.metadata;
	const entries = writeManagers(owners);
	return {...object, metadata: entries.length > 0 ? {...metadata, managedFields: entries} : metadata};
};

/** The fields that a manager owns. */
const setOf = (owners: readonly Ownership[], manager: Manager): FieldSet =>
	owners.find((owner) => isSameManager(owner, manager))?.set ?? emptySet();

/** The owners after a manager's write: the others lose what it changed or removed. */
const dispossess = (
	owners: readonly Ownership[],
	manager: Manager,
	{changed, removed}: {readonly changed: FieldSet; readonly removed: FieldSet},
): readonly Ownership[] =>
	owners.map((owner) =>
		isSameManager(owner, manager)
			? owner
			: {...owner, set: difference(difference(owner.set, intersection(owner.set, changed)), removed)},
	);

/** What another part of the object says (status in a main apply, the rest in a status apply) is not this request's. */
const partOf = (applied: KubeObject, manager: Manager, hasStatus: boolean): unknown => {
	if (manager.subresource === 'status') return {status: applied.status};
	if (!hasStatus) return applied;
	const {status: _, ...main} = applied;
	return main;
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
	const {manager, shape, now, hasStatus, force} = options;
	if (applied.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
	const owners = readManagers(live?.metadata.managedFields);
	const others = owners.filter((owner) => !isSameManager(owner, manager));
	const next = owned(fieldsOf(applied, shape), manager, hasStatus);
	const merged = mergeApplied(live, partOf(applied, manager, hasStatus), shape);
	const claims = {last: setOf(owners, manager), next, others: others.map(({set}) => set).reduce(union, emptySet())};
	const pruned = prune(merged, claims, shape) as KubeObject;
	if (!live) return withManagers(pruned, withOwner(owners, manager, next, now));
	const {added, modified, removed} = compare(live, pruned, shape);
	const changed = without(union(added, modified), serverFields);
	const conflicts = others
		.map((owner) => ({owner, set: intersection(owner.set, changed)}))
		.filter(({set}) => !isEmptySet(set));
	if (conflicts.length > 0 && !force) throw conflictError(conflicts);
	return withManagers(pruned, withOwner(dispossess(owners, manager, {changed, removed}), manager, next, now));
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
	const mine = difference(union(setOf(owners, manager), changed), removed);
	return withManagers(next, withOwner(dispossess(owners, manager, {changed, removed}), manager, mine, now));
};
