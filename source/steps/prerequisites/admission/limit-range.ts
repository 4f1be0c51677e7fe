import * as z from 'zod';
import {quantityOf} from '../../../base/quantity.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {type Asked, askedOf, type Quantities, totalOf} from './amounts.ts';
import {type Container, containersOf, type Planned} from './pods.ts';

const quantities = z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({});

const itemSchema = z.object({
	type: z.string(),
	min: quantities,
	max: quantities,
	default: quantities,
	defaultRequest: quantities,
	maxLimitRequestRatio: quantities,
});
const rangeSchema = z.object({
	metadata: z.object({name: z.string()}),
	spec: z.object({limits: z.array(itemSchema).default([])}),
});

type Item = z.infer<typeof itemSchema>;

const resources = ['cpu', 'memory'] as const;
type Resource = (typeof resources)[number];

const exceeds = (one: string | undefined, other: string | undefined): boolean =>
	one !== undefined && other !== undefined && quantityOf(one) > quantityOf(other);

/** With what the range fills in for a container that says nothing. */
const filled = (container: Container, item: Item, resource: Resource): Asked => {
	const {request, limit} = askedOf(container, resource);
	return {request: request ?? item.defaultRequest[resource], limit: limit ?? item.default[resource]};
};

const brokenBy = ({request, limit}: Asked, item: Item, resource: Resource): readonly string[] => {
	const {min, max, maxLimitRequestRatio: ratios} = item;
	const ratio = ratios[resource];
	const tooWide =
		ratio !== undefined && request !== undefined && limit !== undefined
			? quantityOf(limit) / quantityOf(request) > quantityOf(ratio)
			: false;
	return [
		...(min[resource] !== undefined && request === undefined ? [`requests no ${resource}`] : []),
		...(max[resource] !== undefined && limit === undefined ? [`has no limit of ${resource}`] : []),
		...(exceeds(min[resource], request)
			? [`requests ${request} ${resource}, at least ${min[resource]} is demanded`]
			: []),
		...(exceeds(limit, max[resource])
			? [`has a limit of ${limit} ${resource}, at most ${max[resource]} is allowed`]
			: []),
		...(exceeds(request, max[resource]) && !exceeds(limit, max[resource])
			? [`requests ${request} ${resource}, at most ${max[resource]} is allowed`]
			: []),
		...(exceeds(request, limit)
			? [`requests ${request} ${resource}, more than the limit of ${limit} that it gets`]
			: []),
		...(tooWide ? [`has a limit of ${resource} more than ${ratio} times its request`] : []),
	];
};

const brokenByContainers = ({label, spec}: Planned, item: Item): readonly string[] =>
	containersOf(spec).flatMap((container) =>
		resources.flatMap((resource) =>
			brokenBy(filled(container, item, resource), item, resource).map(
				(words) => `container ${container.name} of ${label} ${words}`,
			),
		),
	);

const brokenByPod = ({label, spec}: Planned, {min, max}: Item): readonly string[] =>
	resources.flatMap((resource) => {
		const requested = totalOf(spec, (container) => askedOf(container, resource).request);
		const limited = totalOf(spec, (container) => askedOf(container, resource).limit);
		return [
			...(requested < quantityOf(min[resource] ?? '0')
				? [`a pod of ${label} requests less than ${min[resource]} ${resource}`]
				: []),
			...(limited > quantityOf(max[resource] ?? String(Number.MAX_VALUE)) && max[resource] !== undefined
				? [`a pod of ${label} has limits of more than ${max[resource]} ${resource}`]
				: []),
		];
	});

/**
 * What a LimitRange forbids of these pods, in words; empty where it lets them in (Kubernetes documentation, "Limit Ranges").
 * What it fills in for containers that say nothing stands in the object as the server gives it.
 */
export const brokenRange = (object: KubeObject, pods: readonly Planned[]): readonly string[] => {
	const read = rangeSchema.safeParse(object);
	if (!read.success) return [];
	const {metadata, spec} = read.data;
	const broken = spec.limits.flatMap((item) =>
		pods.flatMap((pod) => {
			if (item.type === 'Container') return brokenByContainers(pod, item);
			return item.type === 'Pod' ? brokenByPod(pod, item) : [];
		}),
	);
	return broken.map((words) => `LimitRange ${metadata.name}: ${words}`);
};

/** Containers as they are once the ranges of their namespace have filled in what they do not say. */
export const fillIn = (objects: readonly KubeObject[], {spec, ...pod}: Planned): Planned => {
	const items = objects.flatMap((object) => {
		const read = rangeSchema.safeParse(object);
		return read.success ? read.data.spec.limits.filter(({type}) => type === 'Container') : [];
	});
	const amountOf = (container: Container, resource: Resource, which: keyof Asked): string | undefined => {
		const filledIn = items.map((item) => filled(container, item, resource)[which]);
		return filledIn.find((value) => value !== undefined) ?? askedOf(container, resource)[which];
	};
	const allOf = (container: Container, which: keyof Asked): Quantities =>
		Object.fromEntries(
			resources.flatMap((resource) => {
				const value = amountOf(container, resource, which);
				return value === undefined ? [] : [[resource, value]];
			}),
		);
	const fill = (container: Container): Container => ({
		...container,
		resources: {requests: allOf(container, 'request'), limits: allOf(container, 'limit')},
	});
	return {
		...pod,
		spec: {...spec, containers: spec.containers.map(fill), initContainers: (spec.initContainers ?? []).map(fill)},
	};
};
