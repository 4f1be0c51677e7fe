import {isMap} from '../../base/text.ts';
import type {KubeObject} from '../kinds.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that the server writes; they differ between any two reads without meaning a change. */
const serverFields: readonly string[] = [
	'managedFields',
	'resourceVersion',
	'generation',
	'uid',
	'creationTimestamp',
	'deletionTimestamp',
	'selfLink',
];

const step = (path: string, key: string): string => {
	if (!/^[A-Za-z_][A-Za-z0-9_-]*$/u.test(key)) return `${path}["${key}"]`;
	return path === '' ? key : `${path}.${key}`;
};

const compare = (path: string, left: unknown, right: unknown): readonly string[] => {
	if (isMap(left) && isMap(right))
		return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
			compare(step(path, key), left[key], right[key]),
		);
	if (Array.isArray(left) && Array.isArray(right))
		return Array.from({length: Math.max(left.length, right.length)}).flatMap((_, index) =>
			compare(`${path}[${index}]`, left[index], right[index]),
		);
	return Object.is(left, right) ? [] : [path];
};

const meaning = ({metadata, status: _, ...rest}: KubeObject): Fields => ({
	...rest,
	metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !serverFields.includes(key))),
});

/**
 * Paths at which two objects differ, such as `spec.containers[0].image` or `data["tls.crt"]`. Only paths: values may
 * be secret. Server-written metadata and `status` do not count.
 */
export const differences = (left: KubeObject, right: KubeObject): readonly string[] =>
	compare('', meaning(left), meaning(right));
