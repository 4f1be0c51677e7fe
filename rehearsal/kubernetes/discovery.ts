import {type KindInfo, kinds} from './kinds.ts';
import type {Dict} from './values.ts';

const groupVersions = [...new Set(kinds.map((info) => `${info.group}/${info.version}`))];
const groups = [...new Set(kinds.map((info) => info.group))].filter(Boolean);

const versionOf = (group: string): string => kinds.find((info) => info.group === group)?.version ?? 'v1';

const scaleKind = {group: 'autoscaling', version: 'v1', kind: 'Scale'};

const subresource = (info: KindInfo, name: string): Dict => {
	const verbs =
		name === 'log'
			? ['get']
			: name === 'eviction' || name === 'token'
				? ['create']
				: name === 'finalize'
					? ['update']
					: ['get', 'patch', 'update'];
	const kind =
		name === 'scale' ? 'Scale' : name === 'eviction' ? 'Eviction' : name === 'token' ? 'TokenRequest' : info.kind;
	return {name, kind, verbs};
};

/** `/apis/GROUP/VERSION` or `/api/v1`: the flat list of resources; undefined when nothing is served there. */
export const resourceList = (group: string, version: string): Dict | undefined => {
	if (!groupVersions.includes(`${group}/${version}`)) return undefined;
	const resources = kinds
		.filter((info) => info.group === group && info.version === version)
		.flatMap((info) => [
			{
				name: info.plural,
				singularName: info.singular,
				namespaced: info.namespaced,
				kind: info.kind,
				verbs: info.verbs,
				...(info.shortNames.length > 0 ? {shortNames: info.shortNames} : {}),
				...(info.categories.length > 0 ? {categories: info.categories} : {}),
			},
			...info.subresources.map((name) => {
				const {kind, verbs} = subresource(info, name);
				const other = name === 'scale' ? {group: scaleKind.group, version: scaleKind.version} : {};
				return {name: `${info.plural}/${name}`, singularName: '', namespaced: info.namespaced, ...other, kind, verbs};
			}),
		]);
	return {kind: 'APIResourceList', apiVersion: 'v1', groupVersion: group ? `${group}/${version}` : version, resources};
};

const groupEntry = (group: string): Dict => {
	const version = {groupVersion: `${group}/${versionOf(group)}`, version: versionOf(group)};
	return {name: group, versions: [version], preferredVersion: version};
};

/** `/api` in the old form. */
export const coreVersions = (address: string): Dict => ({
	kind: 'APIVersions',
	versions: ['v1'],
	serverAddressByClientCIDRs: [{clientCIDR: '0.0.0.0/0', serverAddress: address}],
});

/** `/apis` in the old form. */
export const groupList = (): Dict => ({kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupEntry)});

/** `/apis/GROUP`; undefined for a group that is not served. */
export const oneGroup = (group: string): Dict | undefined =>
	groups.includes(group) ? {kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group)} : undefined;

const aggregatedGroup = (group: string): Dict => {
	const version = versionOf(group);
	const responseKind = (info: KindInfo, kind = info.kind): Dict =>
		kind === 'Scale' ? scaleKind : {group: info.group, version: info.version, kind};
	return {
		metadata: group ? {name: group, creationTimestamp: null} : {creationTimestamp: null},
		versions: [
			{
				version,
				freshness: 'Current',
				resources: kinds
					.filter((info) => info.group === group)
					.map((info) => ({
						resource: info.plural,
						responseKind: responseKind(info),
						scope: info.namespaced ? 'Namespaced' : 'Cluster',
						singularResource: info.singular,
						verbs: info.verbs,
						...(info.shortNames.length > 0 ? {shortNames: info.shortNames} : {}),
						...(info.categories.length > 0 ? {categories: info.categories} : {}),
						...(info.subresources.length > 0
							? {
									subresources: info.subresources.map((name) => {
										const {kind, verbs} = subresource(info, name);
										return {subresource: name, responseKind: responseKind(info, String(kind)), verbs};
									}),
								}
							: {}),
					})),
			},
		],
	};
};

/** `/api` and `/apis` in the aggregated form (`g=apidiscovery.k8s.io;as=APIGroupDiscoveryList`, v2 or v2beta1). */
export const aggregated = (path: '/api' | '/apis', version: string): Dict => ({
	kind: 'APIGroupDiscoveryList',
	apiVersion: `apidiscovery.k8s.io/${version}`,
	metadata: {},
	items: (path === '/api' ? [''] : groups).map(aggregatedGroup),
});
