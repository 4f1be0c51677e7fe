import {conditionOf} from '../../objects/conditions.ts';
import type {Condition, KubeObject} from '../../objects/types.ts';
import {dict, list, text, textAt} from '../../objects/values.ts';
import {at, type Column, createdAt, named, none, since, wide, words} from './column.ts';

const rolePrefix = 'node-role.kubernetes.io/';

const nodeStatus = ({spec, status}: KubeObject): string => {
	const ready = conditionOf(dict(status).conditions as Condition[] | undefined, 'Ready');
	const state = ready?.status === 'True' ? 'Ready' : 'NotReady';
	return `${ready ? state : 'Unknown'}${dict(spec).unschedulable ? ',SchedulingDisabled' : ''}`;
};

const roles = ({metadata}: KubeObject): string =>
	Object.keys(metadata.labels ?? {})
		.flatMap((key) => (key.startsWith(rolePrefix) ? key.slice(rolePrefix.length) : []))
		.sort()
		.join(',') || none;

const address =
	(type: string): Column['cell'] =>
	({status}) =>
		textAt(
			list(dict(status).addresses).find((one) => textAt(one, 'type') === type),
			'address',
		) || none;

const accessModes: Readonly<Record<string, string>> = {
	ReadWriteOnce: 'RWO',
	ReadOnlyMany: 'ROX',
	ReadWriteMany: 'RWX',
	ReadWriteOncePod: 'RWOP',
};

/** What a claim got, told only where it has a volume. */
const bound =
	(cell: Column['cell']): Column['cell'] =>
	(object, now) =>
		textAt(object, 'spec.volumeName') === '' ? '' : cell(object, now);

const claimColumns: readonly Column[] = [
	named,
	words('Status', ({metadata, status}) => (metadata.deletionTimestamp ? 'Terminating' : textAt(status, 'phase'))),
	words('Volume', at('spec.volumeName', '')),
	words('Capacity', bound(at('status.capacity.storage', ''))),
	words(
		'Access Modes',
		bound(({status}) =>
			list(dict(status).accessModes)
				.map((mode) => accessModes[String(mode)])
				.join(','),
		),
	),
	words('StorageClass', at('spec.storageClassName', '')),
	words('VolumeAttributesClass', at('spec.volumeAttributesClassName', '<unset>')),
	since,
	wide(words('VolumeMode', at('spec.volumeMode', '<unset>'))),
];

/** The subjects of a binding that are of one kind. */
const subjects =
	(kind: string): Column['cell'] =>
	(object) =>
		list(object.subjects)
			.filter((one) => textAt(one, 'kind') === kind)
			.map((one) => [text(dict(one).namespace), textAt(one, 'name')].filter(Boolean).join('/'))
			.join(', ');

const bindingColumns: readonly Column[] = [
	named,
	words('Role', ({roleRef}) => `${textAt(roleRef, 'kind')}/${textAt(roleRef, 'name')}`),
	since,
	wide(words('Users', subjects('User'))),
	wide(words('Groups', subjects('Group'))),
	wide(words('ServiceAccounts', subjects('ServiceAccount'))),
];

const isDefault = ({metadata}: KubeObject): boolean =>
	metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';

const counting = (name: string, count: (object: KubeObject) => number): Column => ({
	...words(name, count),
	type: 'integer',
});

const sizeOf = (value: unknown): number => Object.keys(dict(value)).length;

/** Columns of what holds and allows. */
export const clusterColumns: Readonly<Record<string, readonly Column[]>> = {
	namespaces: [named, words('Status', at('status.phase', '')), since],
	nodes: [
		named,
		words('Status', nodeStatus),
		words('Roles', roles),
		since,
		words('Version', at('status.nodeInfo.kubeletVersion', '')),
		wide(words('Internal-IP', address('InternalIP'))),
		wide(words('External-IP', address('ExternalIP'))),
		wide(words('OS-Image', at('status.nodeInfo.osImage', '<unknown>'))),
		wide(words('Kernel-Version', at('status.nodeInfo.kernelVersion', '<unknown>'))),
		wide(words('Container-Runtime', at('status.nodeInfo.containerRuntimeVersion', '<unknown>'))),
	],
	secrets: [named, words('Type', at('type', '')), counting('Data', ({data}) => sizeOf(data)), since],
	configmaps: [named, counting('Data', ({data, binaryData}) => sizeOf(data) + sizeOf(binaryData)), since],
	serviceaccounts: [named, counting('Secrets', ({secrets}) => list(secrets).length), since],
	persistentvolumeclaims: claimColumns,
	limitranges: [named, createdAt],
	'roles.rbac.authorization.k8s.io': [named, createdAt],
	'clusterroles.rbac.authorization.k8s.io': [named, createdAt],
	'rolebindings.rbac.authorization.k8s.io': bindingColumns,
	'clusterrolebindings.rbac.authorization.k8s.io': bindingColumns,
	'leases.coordination.k8s.io': [named, words('Holder', at('spec.holderIdentity', '')), since],
	'storageclasses.storage.k8s.io': [
		{...named, cell: (object) => `${object.metadata.name}${isDefault(object) ? ' (default)' : ''}`},
		words('Provisioner', at('provisioner', '')),
		words('ReclaimPolicy', at('reclaimPolicy', 'Delete')),
		words('VolumeBindingMode', at('volumeBindingMode', '<unset>')),
		{...words('AllowVolumeExpansion', ({allowVolumeExpansion}) => allowVolumeExpansion === true), type: 'boolean'},
		since,
	],
};
