import type {IncomingMessage, ServerResponse} from 'node:http';
import type {KindInfo} from '../../objects/kinds.ts';
import type {Dict} from '../../objects/values.ts';
import {sendJson, sendText} from '../http.ts';
import {aggregated, coreVersions, groupList, oneGroup, resourceList} from './discovery.ts';
import {openApiDocument, openApiIndex} from './openapi.ts';

/** What the documents tell of this server: its `gitVersion`, host and port, and the kinds that it serves. */
export type Identity = {readonly version: string; readonly address: string; readonly kinds: readonly KindInfo[]};

const versionInfo = ({version}: Identity): Record<string, string> => {
	const [major = '1', minor = '34'] = version.replace(/^v/u, '').split('.');
	return {
		major,
		minor,
		gitVersion: version,
		gitCommit: '0000000000000000000000000000000000000000',
		gitTreeState: 'clean',
		buildDate: '2025-08-27T10:19:36Z',
		goVersion: 'go1.24.5',
		compiler: 'gc',
		platform: 'linux/amd64',
	};
};

/** Answers what is open to everybody: health and version. False when the path is neither. */
export const serveOpenDocument = (path: string, response: ServerResponse, identity: Identity): boolean => {
	if (/^\/(healthz|livez|readyz)(\/|$)/u.test(path)) {
		sendText(response, 200, 'ok');
		return true;
	}
	if (path !== '/version') return false;
	sendJson(response, 200, versionInfo(identity));
	return true;
};

/** Documents by the form of their path; its groups are what stands in brackets. */
type Route = readonly [RegExp, (groups: readonly string[], identity: Identity) => Dict | undefined];

const routes: readonly Route[] = [
	[/^\/api$/u, (_, {address}) => coreVersions(address)],
	[/^\/apis$/u, (_, {kinds}) => groupList(kinds)],
	[/^\/api\/([^/]+)$/u, ([version = ''], {kinds}) => resourceList(kinds, '', version)],
	[/^\/apis\/([^/]+)$/u, ([group = ''], {kinds}) => oneGroup(kinds, group)],
	[/^\/apis\/([^/]+)\/([^/]+)$/u, ([group = '', version = ''], {kinds}) => resourceList(kinds, group, version)],
	[/^\/openapi\/v3$/u, (_, {kinds}) => openApiIndex(kinds)],
	[/^\/openapi\/v3\/api\/([^/]+)$/u, ([version = ''], identity) => openApiDocument(identity, '', version)],
	[
		/^\/openapi\/v3\/apis\/([^/]+)\/([^/]+)$/u,
		([group = '', version = ''], identity) => openApiDocument(identity, group, version),
	],
];

const documentAt = (path: string, identity: Identity): Dict | undefined => {
	for (const [form, make] of routes) {
		const [whole, ...groups] = form.exec(path) ?? [];
		if (whole !== undefined) return make(groups, identity);
	}
	return undefined;
};

/** Helm and every current client ask for all of `/api` or `/apis` in one answer. */
const wantsAggregated = (accept: string): boolean =>
	accept.includes('as=APIGroupDiscoveryList') && /v=v2(;|,|$)/u.test(accept);

const isRoot = (path: string): path is '/api' | '/apis' => path === '/api' || path === '/apis';

/** Discovery and schema documents; 404 for every other path. */
export const serveDocument = (
	url: URL,
	{headers: {accept = ''}}: IncomingMessage,
	response: ServerResponse,
	identity: Identity,
): void => {
	const path = url.pathname.replace(/\/$/u, '');
	if (isRoot(path) && wantsAggregated(accept)) {
		const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
		sendJson(response, 200, aggregated(identity.kinds, path), {'content-type': type});
		return;
	}
	const document = documentAt(path, identity);
	if (document) sendJson(response, 200, document);
	else sendText(response, 404, '404 page not found\n');
};
