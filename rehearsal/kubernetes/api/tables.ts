import type {KubeObject} from '../objects/types.ts';
import {type Dict, dict} from '../objects/values.ts';

/**
 * Objects as a meta.k8s.io/v1 Table. `helm status` and `helm get` ask for this form, and print the columns that the
 * server sends: names and ages, as for a kind without columns of its own. The comparison with a real API server has a
 * table of ConfigMaps.
 */
type Column = {
	readonly name: string;
	readonly type: 'string' | 'integer';
	readonly cell: (object: KubeObject, now: Date) => unknown;
};

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const parts = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
	small > 0 ? `${large}${largeUnit}${small}${smallUnit}` : `${large}${largeUnit}`;

/** How long ago that was, as people say it: 5s, 3m12s, 4h, 2d (apimachinery, `duration.HumanDuration`). */
const age = (from: string, now: Date): string => {
	const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(from)) / 1000));
	if (seconds < 2 * minute) return `${seconds}s`;
	if (seconds < 10 * minute) return parts(Math.floor(seconds / minute), 'm', seconds % minute, 's');
	if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`;
	if (seconds < 8 * hour) return parts(Math.floor(seconds / hour), 'h', Math.floor((seconds % hour) / minute), 'm');
	if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`;
	if (seconds < 8 * day) return parts(Math.floor(seconds / day), 'd', Math.floor((seconds % day) / hour), 'h');
	return `${Math.floor(seconds / day)}d`;
};

const name: Column = {name: 'Name', type: 'string', cell: ({metadata}) => metadata.name};
const data: Column = {name: 'Data', type: 'integer', cell: (object) => Object.keys(dict(object.data)).length};
const since: Column = {
	name: 'Age',
	type: 'string',
	cell: ({metadata}, now) => age(metadata.creationTimestamp, now),
};

/**
 * @param whole put the whole objects beside the cells, as `includeObject=Object` asks; their metadata where it is false
 */
export const toTable = (
	id: string,
	objects: readonly KubeObject[],
	metadata: unknown,
	{now, whole}: {readonly now: Date; readonly whole: boolean},
): Dict => {
	const columns = id === 'configmaps' ? [name, data, since] : [name, since];
	return {
		kind: 'Table',
		apiVersion: 'meta.k8s.io/v1',
		metadata,
		columnDefinitions: columns.map((column) => ({
			name: column.name,
			type: column.type,
			format: column.name === 'Name' ? 'name' : '',
			description: column.name,
			priority: 0,
		})),
		rows: objects.map((object) => ({
			cells: columns.map(({cell}) => cell(object, now)),
			object: whole ? object : {kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata},
		})),
	};
};
