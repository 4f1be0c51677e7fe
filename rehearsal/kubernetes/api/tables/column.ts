import type {KubeObject, LabelSelector} from '../../objects/types.ts';
import {dict, list, textAt} from '../../objects/values.ts';
import {age} from './age.ts';

/** One column of a table for people. */
export type Column = {
	readonly name: string;
	readonly type: 'string' | 'integer' | 'boolean';
	/** `name` for the column that names the object. */
	readonly format: '' | 'name';
	/** 0: always shown; 1: by `kubectl get -o wide` only. */
	readonly priority: 0 | 1;
	readonly cell: (object: KubeObject, now: Date) => unknown;
};

type Cell = Column['cell'];

/** A column of text. */
export const words = (name: string, cell: Cell): Column => ({name, type: 'string', format: '', priority: 0, cell});

/** A column of numbers; what is not there is 0. */
export const number = (name: string, path: string): Column => ({
	...words(name, (object) => Number(textAt(object, path))),
	type: 'integer',
});

/** A column that only the wide form shows. */
export const wide = (column: Column): Column => ({...column, priority: 1});

/** What stands for nothing. */
export const none = '<none>';

/** The text at a path, or what stands for nothing. */
export const at =
	(path: string, otherwise = none): Cell =>
	(object) =>
		textAt(object, path) || otherwise;

export const named: Column = {...words('Name', ({metadata}) => metadata.name), format: 'name'};
export const since: Column = words('Age', ({metadata}, now) => age(metadata.creationTimestamp, now));
export const createdAt: Column = words('Created At', ({metadata}) => metadata.creationTimestamp);

/** Labels as a selector names them, in the order of their keys. */
export const labels = (value: unknown): string =>
	Object.entries(dict(value))
		.map(([key, is]) => `${key}=${String(is)}`)
		.sort()
		.join(',') || none;

const operators: Readonly<Record<string, string>> = {In: 'in', NotIn: 'notin'};

const expression = ({key, operator, values = []}: NonNullable<LabelSelector['matchExpressions']>[number]): string => {
	if (operator === 'Exists') return key;
	if (operator === 'DoesNotExist') return `!${key}`;
	return `${key} ${operators[operator] ?? operator} (${[...values].sort().join(',')})`;
};

/** A label selector in one line. */
export const selector = (value: unknown): string => {
	const {matchLabels = {}, matchExpressions = []} = dict(value) as LabelSelector;
	const pairs = Object.entries(matchLabels).map(([key, is]) => `${key}=${is}`);
	return [...pairs, ...matchExpressions.map(expression)].sort().join(',') || none;
};

/** Containers, images and selector of what makes pods. @param where the path of the pods' spec */
export const ofTemplate = (where = 'spec.template.spec'): readonly Column[] => {
	const ofContainers =
		(field: string): Cell =>
		(object) => {
			const spec = where.split('.').reduce<unknown>((inner, step) => dict(inner)[step], object);
			return list(dict(spec).containers)
				.map((container) => textAt(container, field))
				.join(',');
		};
	return [wide(words('Containers', ofContainers('name'))), wide(words('Images', ofContainers('image')))];
};

/** The selector of what makes pods. */
export const ownSelector: Column = wide(words('Selector', ({spec}) => selector(dict(spec).selector)));
