import {quantityOf} from '../../../source/base/quantity.ts';
import {type Cause, invalidValue, required} from '../objects/errors.ts';
import {type Dict, dict, list, text} from '../objects/values.ts';

/** A container and where it stands: `spec.containers[0]`. */
type Placed = {readonly container: Dict; readonly at: string};

const envCauses = ({container, at}: Placed): Cause[] =>
	list(container.env).flatMap((variable, index) => (dict(variable).name ? [] : [required(`${at}.env[${index}].name`)]));

const mountCauses = ({container, at}: Placed, volumes: ReadonlySet<string>): Cause[] =>
	list(container.volumeMounts).flatMap((mount, index) => {
		const name = text(dict(mount).name) ?? '';
		const field = `${at}.volumeMounts[${index}].name`;
		return volumes.has(name)
			? []
			: [{reason: 'FieldValueNotFound', message: `Not found: ${JSON.stringify(name)}`, field}];
	});

const basicCauses = (placed: Placed, volumes: ReadonlySet<string>): Cause[] => [
	...(placed.container.name ? [] : [required(`${placed.at}.name`)]),
	...(placed.container.image ? [] : [required(`${placed.at}.image`)]),
	...envCauses(placed),
	...mountCauses(placed, volumes),
];

/** A name that an earlier container of the group has. */
const duplicateCauses = (group: readonly Placed[], index: number): Cause[] => {
	const {container, at} = group[index] ?? {container: {}, at: ''};
	const {name} = container;
	if (name === undefined || !group.slice(0, index).some((one) => one.container.name === name)) return [];
	return [{reason: 'FieldValueDuplicate', message: `Duplicate value: ${JSON.stringify(name)}`, field: `${at}.name`}];
};

/** Requests over limits. */
const amountCauses = ({container, at}: Placed): Cause[] => {
	const {requests, limits} = dict(container.resources);
	return Object.entries(dict(requests)).flatMap(([name, wanted]) => {
		const limit = dict(limits)[name];
		if (limit === undefined || !(quantityOf(String(wanted)) > quantityOf(String(limit)))) return [];
		const why = `must be less than or equal to ${name} limit of ${String(limit)}`;
		return [invalidValue(`${at}.resources.requests`, wanted, why)];
	});
};

/** A pod's spec (core validation, ValidatePodSpec). @param field where it stands: `spec`, `spec.template.spec` */
export const podSpecCauses = (spec: Dict, field: string): Cause[] => {
	const volumes = new Set(list(spec.volumes).map((volume) => String(dict(volume).name)));
	const placed = (group: string): readonly Placed[] =>
		list(spec[group]).map((item, index) => ({container: dict(item), at: `${field}.${group}[${index}]`}));
	const [init, main] = [placed('initContainers'), placed('containers')];
	return [
		...(main.length > 0 ? [] : [required(`${field}.containers`)]),
		...[...init, ...main].flatMap((one) => basicCauses(one, volumes)),
		...[main, init].flatMap((group) =>
			group.flatMap((one, index) => [...duplicateCauses(group, index), ...amountCauses(one)]),
		),
	];
};

/** True when a pod template or pod holds a resource amount that is no quantity; such an object does not decode. */
export const hasBadQuantity = (podSpec: unknown): boolean =>
	[dict(podSpec).initContainers, dict(podSpec).containers]
		.flatMap(list)
		.map((container) => dict(dict(container).resources))
		.flatMap(({requests, limits}) => [requests, limits].map(dict))
		.flatMap(Object.values)
		.some((amount) => amount !== null && Number.isNaN(quantityOf(String(amount))));
