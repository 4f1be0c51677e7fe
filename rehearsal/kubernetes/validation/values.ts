import type {Cause} from '../objects/errors.ts';
import {invalidValue, required} from '../objects/errors.ts';
import type {KubeObject} from '../objects/types.ts';
import {type Dict, dict, isDict, list} from '../objects/values.ts';

const labelName =
	"name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const dataKey =
	"a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** Label keys: the part after the last slash (apimachinery, validation.IsQualifiedName). */
export const labelKeyCauses = (labels: Readonly<Record<string, unknown>> | undefined, field: string): Cause[] =>
	Object.keys(labels ?? {}).flatMap((key) =>
		/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/u.test(key.split('/').at(-1) ?? '')
			? []
			: [invalidValue(field, key, labelName)],
	);

/** Keys of ConfigMaps and Secrets (validation.IsConfigMapKey). */
export const dataKeyCauses = (object: KubeObject): Cause[] =>
	Object.keys(dict(object.data)).flatMap((key) =>
		/^[-._a-zA-Z0-9]+$/u.test(key) ? [] : [invalidValue(`data[${key}]`, key, dataKey)],
	);

/** Ports of a Service (core validation, ValidateService). */
export const portCauses = (spec: Dict): Cause[] =>
	list(spec.ports).flatMap((port, index) =>
		(['port', 'targetPort'] as const).flatMap((name) => {
			const value = dict(port)[name];
			const isWrong = typeof value === 'number' && (value < 1 || value > 65_535);
			return isWrong
				? [invalidValue(`spec.ports[${index}].${name}`, value, 'must be between 1 and 65535, inclusive')]
				: [];
		}),
	);

/** The role of a binding (rbac validation, ValidateRoleBinding). */
export const roleRefCauses = (object: KubeObject): Cause[] => {
	const {kind = '', name} = dict(object.roleRef);
	const kinds = object.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole'];
	const supported = kinds.map((one) => `"${one}"`).join(', ');
	return [
		...(kinds.includes(String(kind))
			? []
			: [
					{
						reason: 'FieldValueNotSupported',
						message: `Unsupported value: "${String(kind)}": supported values: ${supported}`,
						field: 'roleRef.kind',
					},
				]),
		...(name ? [] : [required('roleRef.name')]),
	];
};

const units: Readonly<Record<string, number>> = {
	...{n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18},
	...{Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60},
};

/** A quantity as a number, or undefined for text that is none (k8s.io/apimachinery/pkg/api/resource). */
export const quantity = (value: unknown): number | undefined => {
	const [, number, unit = '', exponent] =
		/^([+-]?[0-9.]+)(?:([numkMGTPE]|[KMGTPE]i)|([eE][-+]?[0-9]+))?$/u.exec(String(value)) ?? [];
	if (number === undefined || Number.isNaN(Number(number))) return undefined;
	return exponent ? Number(`${number}${exponent}`) : Number(number) * (units[unit] ?? 1);
};

/** True when a pod template or pod holds a resource amount that is no quantity; such an object does not decode. */
export const hasBadQuantity = (podSpec: unknown): boolean =>
	[dict(podSpec).initContainers, dict(podSpec).containers].flatMap(list).some((container) => {
		const {requests, limits} = dict(dict(container).resources);
		return [requests, limits].some((amounts) =>
			Object.values(dict(amounts)).some((amount) => amount !== null && quantity(amount) === undefined),
		);
	});

/** Requests over limits, and names that two containers share (core validation, validateContainers). */
export const containerValueCauses = (containers: readonly unknown[], field: string): Cause[] => {
	const seen = new Set<unknown>();
	return containers.flatMap((item, index) => {
		const container = isDict(item) ? item : {};
		const {requests, limits} = dict(container.resources);
		const isTwice = container.name !== undefined && seen.has(container.name);
		seen.add(container.name);
		return [
			...(isTwice
				? [
						{
							reason: 'FieldValueDuplicate',
							message: `Duplicate value: ${JSON.stringify(container.name)}`,
							field: `${field}[${index}].name`,
						},
					]
				: []),
			...Object.entries(dict(requests)).flatMap(([name, wanted]) => {
				const limit = dict(limits)[name];
				const over = limit !== undefined && (quantity(wanted) ?? 0) > (quantity(limit) ?? Number.POSITIVE_INFINITY);
				return over
					? [
							invalidValue(
								`${field}[${index}].resources.requests`,
								wanted,
								`must be less than or equal to ${name} limit of ${String(limit)}`,
							),
						]
					: [];
			}),
		];
	});
};
