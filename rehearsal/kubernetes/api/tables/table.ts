import type {KubeObject} from '../../objects/types.ts';
import type {Dict} from '../../objects/values.ts';
import {clusterColumns} from './cluster.ts';
import {type Column, named, since} from './column.ts';
import {eventColumns} from './events.ts';
import {networkColumns} from './network.ts';
import {podColumns} from './pods.ts';
import {workloadColumns} from './workloads.ts';

/**
 * The columns of each kind, with the names, the order and the cells of a real server 1.34 (kubernetes,
 * pkg/printers/internalversion/printers.go); name and age for kinds without columns of their own.
 */
const columns: Readonly<Record<string, readonly Column[]>> = {
	pods: podColumns,
	events: eventColumns,
	...workloadColumns,
	...networkColumns,
	...clusterColumns,
};

/**
 * Objects as a meta.k8s.io/v1 Table, which `kubectl get`, `helm status` and `helm get` ask for: they print the columns
 * that the server sends.
 * @param whole put the whole objects beside the cells, as `includeObject=Object` asks; their metadata where it is false
 */
export const toTable = (
	id: string,
	objects: readonly KubeObject[],
	metadata: unknown,
	{now, whole}: {readonly now: Date; readonly whole: boolean},
): Dict => {
	const shown = columns[id] ?? [named, since];
	return {
		kind: 'Table',
		apiVersion: 'meta.k8s.io/v1',
		metadata,
		columnDefinitions: shown.map(({name, type, format, priority}) => ({
			name,
			type,
			format,
			description: name,
			priority,
		})),
		rows: objects.map((object) => ({
			cells: shown.map(({cell}) => cell(object, now)),
			object: whole ? object : {kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata},
		})),
	};
};
