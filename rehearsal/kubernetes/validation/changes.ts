import {type Cause, invalidValue} from '../objects/errors.ts';
import type {KubeObject} from '../objects/types.ts';
import {dict, same} from '../objects/values.ts';

type ChangeRule = (before: KubeObject, after: KubeObject) => Cause[];

const immutable = (field: string, value: unknown): Cause => invalidValue(field, value, 'field is immutable');
const forbidden = (field: string, why: string): Cause => ({
	reason: 'FieldValueForbidden',
	message: `Forbidden: ${why}`,
	field,
});

const fixedFields =
	(...fields: readonly string[]): ChangeRule =>
	(before, after) =>
		fields
			.filter((field) => !same(dict(before.spec)[field], dict(after.spec)[field]))
			.map((field) => immutable(`spec.${field}`, dict(after.spec)[field]));

const fixedData: ChangeRule = (before, after) => {
	const isFixed = before.immutable === true && (after.immutable !== true || !same(before.data, after.data));
	return isFixed ? [forbidden('data', 'field is immutable when `immutable` is set')] : [];
};

const fixedType: ChangeRule = (before, after) => (before.type === after.type ? [] : [immutable('type', after.type)]);

const fixedAddress: ChangeRule = (before, after) => {
	const [old, now] = [dict(before.spec), dict(after.spec)];
	if (!old.clusterIP || old.clusterIP === now.clusterIP || now.type === 'ExternalName') return [];
	return [invalidValue('spec.clusterIPs[0]', [now.clusterIP], 'may not change once set')];
};

const fixedRole: ChangeRule = (before, after) =>
	same(before.roleRef, after.roleRef) ? [] : [invalidValue('roleRef', after.roleRef, 'cannot change roleRef')];

const rules: Readonly<Record<string, ChangeRule>> = {
	'deployments.apps': fixedFields('selector'),
	'replicasets.apps': fixedFields('selector'),
	'jobs.batch': fixedFields('completions', 'selector', 'template'),
	secrets: (before, after) => [...fixedType(before, after), ...fixedData(before, after)],
	configmaps: fixedData,
	services: fixedAddress,
	'rolebindings.rbac.authorization.k8s.io': fixedRole,
	'clusterrolebindings.rbac.authorization.k8s.io': fixedRole,
};

/** What may not change in an object of a kind once it is there. */
export const changeCauses = (id: string, before: KubeObject, after: KubeObject): Cause[] =>
	rules[id]?.(before, after) ?? [];

/** Finalizers that were added while the object is going. */
export const finalizerCauses = (before: KubeObject, after: KubeObject): Cause[] => {
	const added = (after.metadata.finalizers ?? []).filter((one) => !before.metadata.finalizers?.includes(one));
	if (!before.metadata.deletionTimestamp || added.length === 0) return [];
	const names = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`;
	const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${names}`;
	return [forbidden('metadata.finalizers', why)];
};
