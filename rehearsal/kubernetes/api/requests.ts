/** What a request asks for, as the real server's RequestInfo sees it. */
export type ResourceRequest = {
	readonly group: string;
	readonly version: string;
	readonly plural: string;
	readonly namespace: string;
	readonly name: string;
	readonly subresource: string;
	readonly verb: string;
};

const verbs: Readonly<Record<string, string>> = {POST: 'create', PUT: 'update', PATCH: 'patch'};

/**
 * Read a resource path (`/api/v1/…`, `/apis/GROUP/VERSION/…`) into its parts and the verb that access control knows.
 * Answers undefined for every other path.
 */
export const parseRequest = (method: string, url: URL): ResourceRequest | undefined => {
	const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
	const isCore = parts[0] === 'api';
	if (!isCore && parts[0] !== 'apis') return undefined;
	const [group, version] = isCore ? ['', parts[1]] : [parts[1], parts[2]];
	let rest = parts.slice(isCore ? 2 : 3);
	if (!version || group === undefined || rest.length === 0) return undefined;
	const isWatch = url.searchParams.get('watch') === 'true' || url.searchParams.get('watch') === '1';
	let namespace = '';
	// "/namespaces/x/pods" is inside x, "/namespaces/x" and "/namespaces/x/status" are about x.
	if (rest[0] === 'namespaces' && rest[1] && rest[2] && rest[2] !== 'status') {
		namespace = rest[1];
		rest = rest.slice(2);
	}
	const [plural = '', name = '', subresource = ''] = rest;
	const isRead = method === 'GET' || method === 'HEAD';
	const verb = isRead
		? isWatch
			? 'watch'
			: name
				? 'get'
				: 'list'
		: method === 'DELETE'
			? name
				? 'delete'
				: 'deletecollection'
			: (verbs[method] ?? 'create');
	return {group, version, plural, namespace, name, subresource, verb};
};
