import type {Condition, KubeObject, Pod} from './objects.ts';
import {type Dict, dict, list} from './values.ts';

type Column = {
	readonly name: string;
	readonly type?: string;
	readonly wide?: true;
	readonly cell: (object: KubeObject, now: Date) => unknown;
};

/** An age as kubectl prints it: 5s, 3m12s, 4h, 2d. */
export const age = (from: string | undefined, now: Date): string => {
	if (!from) return '<unknown>';
	const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(from)) / 1000));
	if (seconds < 120) return `${seconds}s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 10) return seconds % 60 ? `${minutes}m${seconds % 60}s` : `${minutes}m`;
	if (minutes < 180) return `${minutes}m`;
	const hours = Math.floor(minutes / 60);
	if (hours < 8) return minutes % 60 ? `${hours}h${minutes % 60}m` : `${hours}h`;
	return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
};

const spec = (object: KubeObject): Dict => dict(object.spec);
const status = (object: KubeObject): Dict => dict(object.status);
const nameColumn: Column = {name: 'Name', cell: (object) => object.metadata.name};
const ageColumn: Column = {name: 'Age', cell: (object, now) => age(object.metadata.creationTimestamp, now)};
const column = (name: string, cell: Column['cell'], type = 'string'): Column => ({name, cell, type});
const wide = (name: string, cell: Column['cell']): Column => ({name, cell, wide: true});

const podReason = (pod: Pod): string => {
	if (pod.metadata.deletionTimestamp) return 'Terminating';
	const statuses = pod.status?.containerStatuses ?? [];
	const init = pod.status?.initContainerStatuses ?? [];
	const stuck = init.findIndex((one) => one.state.terminated?.exitCode !== 0);
	const waiting = init[stuck];
	if (waiting) {
		const {state} = waiting;
		const why = state.waiting?.reason ?? (state.terminated ? state.terminated.reason : undefined);
		return why && why !== 'PodInitializing' ? `Init:${why}` : `Init:${stuck}/${init.length}`;
	}
	for (const {state} of statuses) if (state.waiting) return state.waiting.reason;
	for (const {state} of statuses) if (state.terminated) return state.terminated.reason;
	return pod.status?.reason ?? pod.status?.phase ?? 'Unknown';
};

const ports = (object: KubeObject): string =>
	list(spec(object).ports)
		.map(dict)
		.map((port) => `${port.port}${port.nodePort ? `:${port.nodePort}` : ''}/${port.protocol}`)
		.join(',') || '<none>';

const addresses = (object: KubeObject): string =>
	list(dict(status(object).loadBalancer).ingress)
		.map((entry) => String(dict(entry).ip ?? dict(entry).hostname))
		.join(',');

const count = (value: unknown): number => Number(value ?? 0);

const columns: Readonly<Record<string, readonly Column[]>> = {
	pods: [
		column('Ready', (object) => {
			const statuses = (object as Pod).status?.containerStatuses ?? [];
			return `${statuses.filter((one) => one.ready).length}/${list(spec(object).containers).length}`;
		}),
		column('Status', (object) => podReason(object as Pod)),
		column('Restarts', (object) =>
			String(((object as Pod).status?.containerStatuses ?? []).reduce((sum, one) => sum + one.restartCount, 0)),
		),
		ageColumn,
		wide('IP', (object) => status(object).podIP ?? '<none>'),
		wide('Node', (object) => spec(object).nodeName ?? '<none>'),
	],
	'deployments.apps': [
		column('Ready', (object) => `${count(status(object).readyReplicas)}/${count(spec(object).replicas)}`),
		column('Up-to-date', (object) => count(status(object).updatedReplicas), 'integer'),
		column('Available', (object) => count(status(object).availableReplicas), 'integer'),
		ageColumn,
	],
	'replicasets.apps': [
		column('Desired', (object) => count(spec(object).replicas), 'integer'),
		column('Current', (object) => count(status(object).replicas), 'integer'),
		column('Ready', (object) => count(status(object).readyReplicas), 'integer'),
		ageColumn,
	],
	'statefulsets.apps': [
		column('Ready', (object) => `${count(status(object).readyReplicas)}/${count(spec(object).replicas)}`),
		ageColumn,
	],
	'jobs.batch': [
		column('Status', (object) => {
			const done = list(status(object).conditions)
				.map(dict)
				.find((one) => one.status === 'True' && (one.type === 'Complete' || one.type === 'Failed'));
			return done ? done.type : 'Running';
		}),
		column('Completions', (object) => `${count(status(object).succeeded)}/${count(spec(object).completions ?? 1)}`),
		column('Duration', (object, now) => {
			const start = status(object).startTime;
			const end = status(object).completionTime;
			return start ? age(String(start), end ? new Date(String(end)) : now) : '';
		}),
		ageColumn,
	],
	services: [
		column('Type', (object) => spec(object).type),
		column('Cluster-IP', (object) => spec(object).clusterIP ?? '<none>'),
		column(
			'External-IP',
			(object) => addresses(object) || (spec(object).type === 'LoadBalancer' ? '<pending>' : '<none>'),
		),
		column('Port(s)', ports),
		ageColumn,
	],
	'ingresses.networking.k8s.io': [
		column('Class', (object) => spec(object).ingressClassName ?? '<none>'),
		column(
			'Hosts',
			(object) =>
				list(spec(object).rules)
					.map((rule) => dict(rule).host ?? '*')
					.join(',') || '*',
		),
		column('Address', addresses),
		column('Ports', (object) => (list(spec(object).tls).length > 0 ? '80, 443' : '80')),
		ageColumn,
	],
	secrets: [
		column('Type', (object) => object.type),
		column('Data', (object) => Object.keys(dict(object.data)).length, 'integer'),
		ageColumn,
	],
	configmaps: [column('Data', (object) => Object.keys(dict(object.data)).length, 'integer'), ageColumn],
	namespaces: [column('Status', (object) => status(object).phase), ageColumn],
	nodes: [
		column('Status', (object) => {
			const ready = list(status(object).conditions)
				.map((item) => item as Condition)
				.find((one) => one.type === 'Ready');
			return ready?.status === 'True' ? 'Ready' : 'NotReady';
		}),
		column('Roles', () => 'control-plane'),
		ageColumn,
		column('Version', (object) => dict(status(object).nodeInfo).kubeletVersion),
	],
	persistentvolumeclaims: [
		column('Status', (object) => status(object).phase),
		column('Volume', (object) => spec(object).volumeName ?? ''),
		column('Capacity', (object) => dict(status(object).capacity).storage ?? ''),
		column('Access Modes', (object) =>
			list(spec(object).accessModes)
				.map((mode) => String(mode).replace(/[a-z]/g, ''))
				.join(','),
		),
		column('StorageClass', (object) => spec(object).storageClassName),
		ageColumn,
	],
	serviceaccounts: [column('Secrets', (object) => list(object.secrets).length, 'integer'), ageColumn],
};

const eventColumns: readonly Column[] = [
	{
		name: 'Last Seen',
		cell: (object, now) => age(String(object.lastTimestamp ?? object.metadata.creationTimestamp), now),
	},
	{name: 'Type', cell: (object) => object.type},
	{name: 'Reason', cell: (object) => object.reason},
	{
		name: 'Object',
		cell: (object) => `${String(dict(object.involvedObject).kind).toLowerCase()}/${dict(object.involvedObject).name}`,
	},
	{name: 'Message', cell: (object) => object.message},
];

/**
 * Objects as a meta.k8s.io/v1 Table, the form that `kubectl get` prints. `include` is the query parameter
 * `includeObject`: `None`, `Metadata` (default) or `Object`. A watch sends the column headings once only.
 */
export const toTable = (
	shelf: string,
	objects: readonly KubeObject[],
	metadata: unknown,
	options: {readonly now: Date; readonly include: string | null; readonly headings: boolean},
): Dict => {
	const shown = shelf === 'events' ? eventColumns : [nameColumn, ...(columns[shelf] ?? [ageColumn])];
	return {
		kind: 'Table',
		apiVersion: 'meta.k8s.io/v1',
		metadata,
		columnDefinitions: options.headings
			? shown.map(({name, type, wide: isWide}) => ({
					name,
					type: type ?? 'string',
					format: name === 'Name' ? 'name' : '',
					description: name,
					priority: isWide ? 1 : 0,
				}))
			: null,
		rows: objects.map((object) => ({
			cells: shown.map(({cell}) => cell(object, options.now) ?? ''),
			object:
				options.include === 'Object'
					? object
					: options.include === 'None'
						? null
						: {kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata},
		})),
	};
};
