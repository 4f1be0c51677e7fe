/** What a request asks for, as the real server's RequestInfo sees it. */
export type ResourceRequest = {
	readonly group: string;
	readonly version: string;
	readonly plural: string;
	readonly namespace: string;
	readonly name: string;
	readonly subresource: string;
	readonly verb: Verb;
};

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

const isWatch = (query: URLSearchParams): boolean => ['true', '1'].includes(query.get('watch') ?? '');

const readVerb = (name: string, query: URLSearchParams): Verb => {
	if (isWatch(query)) return 'watch';
	return name ? 'get' : 'list';
};

/** What an HTTP method on one object or a whole collection means to access control. */
const verbs: Readonly<Record<string, (name: string, query: URLSearchParams) => Verb>> = {
	GET: readVerb,
	HEAD: readVerb,
	PUT: () => 'update',
	PATCH: () => 'patch',
	DELETE: (name) => (name ? 'delete' : 'deletecollection'),
};

/** Where a resource begins in a path: below `/api/VERSION` or `/apis/GROUP/VERSION`. */
const rootOf = (parts: readonly string[]) => {
	const [root, first, second] = parts;
	if (root === 'api' && first) return {group: '', version: first, rest: parts.slice(2)};
	return root === 'apis' && first && second ? {group: first, version: second, rest: parts.slice(3)} : undefined;
};

/** "/namespaces/x/pods" is inside x, "/namespaces/x" and "/namespaces/x/status" are about x. */
const isInside = ([first, namespace, second]: readonly string[]): boolean =>
	first === 'namespaces' && Boolean(namespace) && Boolean(second) && second !== 'status';

/**
 * Read a resource path (`/api/v1/…`, `/apis/GROUP/VERSION/…`) into its parts and the verb that access control knows.
 * Answers undefined for every other path.
 */
export const parseRequest = (method: string, url: URL): ResourceRequest | undefined => {
	const root = rootOf(url.pathname.split('/').filter(Boolean).map(decodeURIComponent));
	if (!root || root.rest.length === 0) return undefined;
	const {group, version, rest} = root;
	const inside = isInside(rest);
	const [plural = '', name = '', subresource = ''] = inside ? rest.slice(2) : rest;
	const verb = verbs[method]?.(name, url.searchParams) ?? 'create';
	return {group, version, plural, namespace: inside ? (rest[1] ?? '') : '', name, subresource, verb};
};
