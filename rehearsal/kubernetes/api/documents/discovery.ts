import type {KindInfo} from '../../objects/kinds.ts';
import type {Dict} from '../../objects/values.ts';

/** The kinds that this cluster serves. */
type Kinds = readonly KindInfo[];

/**
 * What the server can do, as a client asks before anything else. Helm 3.18 and 4.2 read the aggregated form v2 of
 * `/api` and `/apis` and the flat list of a group and version; the installer reads the flat lists; `/api` and
 * `/apis/GROUP` in the old form are in the comparison with a real API server.
 */
const groupsOf = (kinds: Kinds): readonly string[] => [...new Set(kinds.map(({group}) => group))].filter(Boolean);

const versionOf = (kinds: Kinds, group: string): string => kinds.find((info) => info.group === group)?.version ?? 'v1';

const scaleKind = {group: 'autoscaling', version: 'v1', kind: 'Scale'};

/** Subresources whose kind and verbs are not those of most: the kind of their resource, to be read and changed. */
const special: Readonly<Record<string, {readonly kind?: string; readonly verbs?: readonly string[]}>> = {
	log: {verbs: ['get']},
	token: {kind: 'TokenRequest', verbs: ['create']},
	scale: {kind: 'Scale'},
};

const subresource = (info: KindInfo, name: string): {readonly kind: string; readonly verbs: readonly string[]} => ({
	kind: info.kind,
	verbs: ['get', 'patch', 'update'],
	...special[name],
});

/** Its other names, in the words of both forms; a list that is empty is left out. */
const calledToo = ({shortNames, categories}: KindInfo): Dict => ({
	...(shortNames.length > 0 && {shortNames}),
	...(categories.length > 0 && {categories}),
});

/** `/apis/GROUP/VERSION` or `/api/v1`: the flat list of resources; undefined when nothing is served there. */
export const resourceList = (kinds: Kinds, group: string, version: string): Dict | undefined => {
	const served = kinds.filter((info) => info.group === group && info.version === version);
	if (served.length === 0) return undefined;
	const resources = served.flatMap((info) => [
		{
			name: info.plural,
			singularName: info.singular,
			namespaced: info.namespaced,
			kind: info.kind,
			verbs: info.verbs,
			...calledToo(info),
		},
		...info.subresources.map((name) => ({
			name: `${info.plural}/${name}`,
			singularName: '',
			namespaced: info.namespaced,
			...(name === 'scale' ? {group: scaleKind.group, version: scaleKind.version} : {}),
			...subresource(info, name),
		})),
	]);
	return {kind: 'APIResourceList', apiVersion: 'v1', groupVersion: group ? `${group}/${version}` : version, resources};
};

const groupEntry = (kinds: Kinds, group: string): Dict => {
	const own = versionOf(kinds, group);
	const version = {groupVersion: `${group}/${own}`, version: own};
	return {name: group, versions: [version], preferredVersion: version};
};

/** `/api` in the old form. */
export const coreVersions = (address: string): Dict => ({
	kind: 'APIVersions',
	versions: ['v1'],
	serverAddressByClientCIDRs: [{clientCIDR: '0.0.0.0/0', serverAddress: address}],
});

/** `/apis` in the old form. */
export const groupList = (kinds: Kinds): Dict => ({
	kind: 'APIGroupList',
	apiVersion: 'v1',
	groups: groupsOf(kinds).map((group) => groupEntry(kinds, group)),
});

/** `/apis/GROUP`; undefined for a group that is not served. */
export const oneGroup = (kinds: Kinds, group: string): Dict | undefined =>
	groupsOf(kinds).includes(group) ? {kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(kinds, group)} : undefined;

const gvk = ({group, version}: KindInfo, kind: string): Dict =>
	kind === scaleKind.kind ? scaleKind : {group, version, kind};

const aggregatedSubresource = (info: KindInfo, name: string): Dict => {
	const {kind, verbs} = subresource(info, name);
	return {subresource: name, responseKind: gvk(info, kind), verbs};
};

const aggregatedResource = (info: KindInfo): Dict => ({
	resource: info.plural,
	responseKind: gvk(info, info.kind),
	scope: info.namespaced ? 'Namespaced' : 'Cluster',
	singularResource: info.singular,
	verbs: info.verbs,
	...calledToo(info),
	...(info.subresources.length > 0
		? {subresources: info.subresources.map((name) => aggregatedSubresource(info, name))}
		: {}),
});

const aggregatedGroup = (kinds: Kinds, group: string): Dict => ({
	metadata: group ? {name: group, creationTimestamp: null} : {creationTimestamp: null},
	versions: [
		{
			version: versionOf(kinds, group),
			freshness: 'Current',
			resources: kinds.filter((info) => info.group === group).map(aggregatedResource),
		},
	],
});

/** `/api` and `/apis` in the aggregated form (`g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`). */
export const aggregated = (kinds: Kinds, path: '/api' | '/apis'): Dict => ({
	kind: 'APIGroupDiscoveryList',
	apiVersion: 'apidiscovery.k8s.io/v2',
	metadata: {},
	items: (path === '/api' ? [''] : groupsOf(kinds)).map((group) => aggregatedGroup(kinds, group)),
});
