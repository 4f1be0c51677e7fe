import * as z from 'zod';
import {quantityOf} from '../../../base/quantity.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {askedOf, totalOf} from './amounts.ts';
import {type Container, containersOf, type Planned} from './pods.ts';

const quotaSchema = z.object({
	metadata: z.object({name: z.string()}),
	spec: z.object({
		hard: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({}),
		scopes: z.array(z.string()).nullish(),
		scopeSelector: z.unknown().optional(),
	}),
});

type Amount = (container: Container) => string | undefined;

/** What a quota counts of each container; `cpu` and `memory` are short for requests. */
const counted: Readonly<Record<string, Amount>> = {
	cpu: (container) => askedOf(container, 'cpu').request,
	memory: (container) => askedOf(container, 'memory').request,
	'requests.cpu': (container) => askedOf(container, 'cpu').request,
	'requests.memory': (container) => askedOf(container, 'memory').request,
	'limits.cpu': (container) => askedOf(container, 'cpu').limit,
	'limits.memory': (container) => askedOf(container, 'memory').limit,
};

const podKeys = new Set(['pods', 'count/pods']);

const unsaid = (key: string, amount: Amount, pods: readonly Planned[]): readonly string[] =>
	pods.flatMap(({label, spec}) =>
		containersOf(spec)
			.filter((container) => amount(container) === undefined)
			.map(({name}) => `container ${name} of ${label} must say ${key}`),
	);

const brokenKey = (key: string, hard: string, pods: readonly Planned[]): readonly string[] => {
	const most = quantityOf(hard);
	if (podKeys.has(key)) {
		const needed = pods.reduce((all, {count}) => all + count, 0);
		return needed > most ? [`${needed} pods are needed, ${hard} are allowed`] : [];
	}
	const amount = Object.hasOwn(counted, key) ? counted[key] : undefined;
	if (!amount) return [];
	const needed = pods.reduce((all, {count, spec}) => all + count * totalOf(spec, amount), 0);
	return [
		...unsaid(key, amount, pods),
		...(needed > most ? [`the pods together ask for more ${key} than the ${hard} that are allowed`] : []),
	];
};

/**
 * What a ResourceQuota forbids of pods that run side by side, in words; empty where it lets them in (Kubernetes documentation, "Resource
 * Quotas"). What others use of it is left out, as it may be this installation itself; so are quotas of some pods only (scopes).
 */
export const brokenQuota = (object: KubeObject, pods: readonly Planned[]): readonly string[] => {
	const read = quotaSchema.safeParse(object);
	if (!read.success) return [];
	const {metadata, spec} = read.data;
	if ((spec.scopes ?? []).length > 0 || (spec.scopeSelector ?? undefined) !== undefined) return [];
	return Object.entries(spec.hard)
		.flatMap(([key, hard]) => brokenKey(key, hard, pods))
		.map((words) => `ResourceQuota ${metadata.name}: ${words}`);
};
