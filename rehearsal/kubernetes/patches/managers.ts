import type {ManagedFields} from '../objects/types.ts';
import {isDict, list, same} from '../objects/values.ts';
import {type FieldSet, fromFieldsV1, isEmptySet, toFieldsV1} from './fields.ts';

/** Who writes, and how: the identity of an entry in `metadata.managedFields`. */
export type Manager = {
	readonly manager: string;
	readonly operation: 'Apply' | 'Update';
	readonly apiVersion: string;
	readonly subresource?: string;
};

export type Ownership = Manager & {readonly time?: string; readonly set: FieldSet};

export const isSameManager = (left: Manager, right: Manager): boolean =>
	left.manager === right.manager &&
	left.operation === right.operation &&
	left.apiVersion === right.apiVersion &&
	(left.subresource ?? '') === (right.subresource ?? '');

/** The entries of an object's managedFields; what does not decode is left out, as the real server does. */
export const readManagers = (entries: unknown): Ownership[] =>
	list(entries).flatMap((entry) => {
		if (!isDict(entry) || typeof entry.manager !== 'string' || !isDict(entry.fieldsV1)) return [];
		return [
			{
				manager: entry.manager,
				operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
				apiVersion: String(entry.apiVersion ?? ''),
				...(typeof entry.subresource === 'string' && entry.subresource ? {subresource: entry.subresource} : {}),
				...(typeof entry.time === 'string' ? {time: entry.time} : {}),
				set: fromFieldsV1(entry.fieldsV1),
			} satisfies Ownership,
		];
	});

export const writeManagers = (owners: readonly Ownership[]): ManagedFields[] =>
	owners
		.filter((owner) => !isEmptySet(owner.set))
		.map(({set, ...owner}) => ({...owner, fieldsType: 'FieldsV1', fieldsV1: toFieldsV1(set)}));

/** The owners with the entry of `manager` replaced; its time moves only when its fields changed. */
export const withOwner = (
	owners: readonly Ownership[],
	manager: Manager,
	set: FieldSet,
	now: string,
): readonly Ownership[] => {
	const before = owners.find((owner) => isSameManager(owner, manager));
	if (before && same(toFieldsV1(before.set), toFieldsV1(set))) return owners;
	return [...owners.filter((owner) => owner !== before), {...manager, time: now, set}];
};
